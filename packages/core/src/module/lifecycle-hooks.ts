/** The methods that the application calls on instances it made. */
export const hookNames = ['onBoot', 'onStart', 'onListen', 'onDrain', 'onStop'] as const;

export type HookName = (typeof hookNames)[number];

/** Which lifecycle hooks an instance (or prototype) has. */
export function lifecycleHooks(instance: object): readonly HookName[] {
  return hookNames.filter((name) => typeof (instance as Record<string, unknown>)[name] === 'function');
}
