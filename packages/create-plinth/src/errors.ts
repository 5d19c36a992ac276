/**
 * Why no project was made. The package has no dependencies, so that `npm create` need not wait for any: its errors have the form of
 * the framework's, code, sentence and cure, without its class.
 */
export class CreateError extends Error {
  override readonly name = 'CreateError';
  readonly code: string;
  readonly help: string;

  constructor(code: string, message: string, help: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.help = help;
  }
}

/** What can be refused. */
export const CREATE_ERRORS = {
  usage: (reason: string): CreateError =>
    new CreateError('CREATE_PLINTH_USAGE', `${reason}.`, 'npm create @plinth -- --help lists what can be given.'),
  badName: (name: string, reason: string): CreateError =>
    new CreateError(
      'CREATE_PLINTH_NAME',
      `${JSON.stringify(name)} cannot be the name of a package: ${reason}.`,
      'Use lower-case letters, digits, "-", "_" and ".", such as my-service.',
    ),
  notEmpty: (folder: string, found: string): CreateError =>
    new CreateError(
      'CREATE_PLINTH_NOT_EMPTY',
      `The folder ${folder} is not empty: it holds ${found}.`,
      'Choose another name, or empty the folder.',
    ),
  folder: (folder: string, cause: unknown): CreateError =>
    new CreateError(
      'CREATE_PLINTH_FOLDER',
      `The project cannot be written to ${folder}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Check the path and its permissions.',
      { cause },
    ),
  install: (command: string, folder: string): CreateError =>
    new CreateError(
      'CREATE_PLINTH_INSTALL',
      `"${command}" has failed.`,
      `The project is there: run "${command}" in ${folder} again once the cause is gone.`,
    ),
};
