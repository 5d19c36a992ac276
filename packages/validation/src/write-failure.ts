/** Carries what does not fit from the depth of a value up to the serializer, which gives it its name and place. */
export class WriteFailure extends Error {
  readonly rule: string;
  pointer = '';

  constructor(rule: string, message: string) {
    super(message);
    this.rule = rule;
  }
}
