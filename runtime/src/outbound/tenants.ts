interface Options<T> {
  tenantsMax: number
  make: () => T
  /** Called with one that was not used for longest. It may still be in use. */
  drop: (parts: T) => void
}

/** What is kept apart for each user, made on first use. The least recently used goes first. */
export function createTenants<T>({ tenantsMax, make, drop }: Options<T>) {
  const byTenant = new Map<string, T>()
  return {
    get(tenant: string): T {
      const parts = byTenant.get(tenant) ?? make()
      byTenant.delete(tenant)
      byTenant.set(tenant, parts)
      if (byTenant.size > tenantsMax) {
        const [oldest, unused] = byTenant.entries().next().value!
        byTenant.delete(oldest)
        drop(unused)
      }
      return parts
    },
    clear(): T[] {
      const all = [...byTenant.values()]
      byTenant.clear()
      return all
    },
  }
}
