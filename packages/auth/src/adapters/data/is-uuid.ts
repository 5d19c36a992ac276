const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID: no row has another id, and the column refuses to be asked for one. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
