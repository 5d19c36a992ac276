/** The methods that the application calls on instances it made. */
const hookNames = ['onBoot', 'onStart', 'onListen', 'onDrain', 'onStop'] as const;

export type HookName = (typeof hookNames)[number];

/** Which lifecycle hooks an instance (or prototype) has. */
export function lifecycleHooks(instance: object): readonly HookName[] {
  return hookNames.filter((name) => typeof (instance as Record<string, unknown>)[name] === 'function');
}

/** Whether an instance (or prototype) has any lifecycle hook. */
export function hasLifecycleHook(instance: object): boolean {
  // Asked of every instance, each of another class: V8 would prepare a look-up by name for every one of them, and use it once.
  return (
    typeof Reflect.get(instance, 'onBoot') === 'function' ||
    typeof Reflect.get(instance, 'onStart') === 'function' ||
    typeof Reflect.get(instance, 'onListen') === 'function' ||
    typeof Reflect.get(instance, 'onDrain') === 'function' ||
    typeof Reflect.get(instance, 'onStop') === 'function'
  );
}
