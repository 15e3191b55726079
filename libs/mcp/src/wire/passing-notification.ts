/** What is said of a call for the moment only: a reader who is behind does without, since memory is not the place to keep it. */
export function isPassing(method: string): boolean {
  return method === 'notifications/progress' || method === 'notifications/message';
}
