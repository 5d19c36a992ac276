import { Injectable, Module, runApp } from '@plinth/core';
import { AppModule } from './app.module.js';

class Greeting {
  readonly text = 'hello';
}

/** Lists no dependencies: the compiler's metadata says what the constructor takes. */
@Injectable()
class Greeter {
  constructor(greeting: Greeting) {
    if (greeting.text !== 'hello') throw new Error('The compiler emitted no metadata.');
  }
}

@Module({ imports: [AppModule], providers: [Greeting, Greeter] })
class WithMetadata {}

await runApp(WithMetadata);
