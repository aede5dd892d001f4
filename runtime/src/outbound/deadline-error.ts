export class DeadlineError extends Error {
  constructor(ms: number, sent: boolean) {
    super(sent ? `No complete response within ${ms} ms` : `No connection within ${ms} ms`)
    this.name = 'DeadlineError'
  }
}
