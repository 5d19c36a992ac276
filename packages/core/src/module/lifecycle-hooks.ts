/** The methods that the application calls on instances it made. */
const hookNames = ['onBoot', 'onStart', 'onListen', 'onDrain', 'onStop'] as const;

export type HookName = (typeof hookNames)[number];

/** Which lifecycle hooks an instance (or prototype) has. */
export function lifecycleHooks(instance: object): readonly HookName[] {
  return hookNames.filter((name) => typeof (instance as Record<string, unknown>)[name] === 'function');
}

/** Whether an instance (or prototype) has any lifecycle hook. */
export function hasLifecycleHook(instance: object): boolean {
  // Asked of every instance of an application: one look after the other, and no list.
  const { onBoot, onStart, onListen, onDrain, onStop } = instance as Record<HookName, unknown>;
  return (
    typeof onBoot === 'function' ||
    typeof onStart === 'function' ||
    typeof onListen === 'function' ||
    typeof onDrain === 'function' ||
    typeof onStop === 'function'
  );
}
