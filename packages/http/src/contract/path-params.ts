/**
 * The parameters of a path as the router gives them: strings; `:id?` may be absent; `*rest` is the remaining path.
 * `PathParams<'/users/:id/files/*rest'>` is `{ id: string; rest: string }`. A path that is not a literal gives a record.
 */
export type PathParams<Path extends string> = string extends Path
  ? { readonly [name: string]: string }
  : { readonly [Name in RequiredNames<Path>]: string } & ([OptionalNames<Path>] extends [never]
      ? unknown
      : { readonly [Name in OptionalNames<Path>]?: string });

/** The names of every parameter of a path. */
export type ParamNames<Path extends string> = RequiredNames<Path> | OptionalNames<Path>;

type RequiredNames<Path extends string> = Exclude<SegmentNames<Path>, `${string}?`>;

type OptionalNames<Path extends string> = SegmentNames<Path> extends infer Name ? (Name extends `${infer Bare}?` ? Bare : never) : never;

/** Names with their `?`. Distributes over segments one at a time, so that a path of n segments costs n steps. */
type SegmentNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? NamesIn<Segment> | SegmentNames<Rest>
  : NamesIn<Path>;

type NamesIn<Segment extends string> = Segment extends `*${infer Name}`
  ? Name
  : Segment extends `${string}:${infer Rest}`
    ? Rest extends `${infer Name}:${infer More}`
      ? BeforeSeparator<Name> | NamesIn<`:${More}`>
      : BeforeSeparator<Rest>
    : never;

type BeforeSeparator<Text extends string> = Text extends `${infer Name}.${string}` ? BeforeDash<Name> : BeforeDash<Text>;

type BeforeDash<Text extends string> = Text extends `${infer Name}-${string}` ? Name : Text;
