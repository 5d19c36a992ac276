@rem npm scripts begin with "exec", so that a shell hands signals to Node. Windows has no such word: this file is it.
@%*
