interface TenantsOptions<T> {
  tenantsMax: number
  make: () => T
  /** Called with the least recently used resources. They may still be in use. */
  drop: (parts: T) => void
}

/** Keeps separate resources for each tenant, created on first use. Evicts the least recently used. */
export function createTenants<T>({ tenantsMax, make, drop }: TenantsOptions<T>) {
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
