/** The only page of the local provider: it asks who one is. */
export function signInPage(): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Local ID</title>
    <style>
      :root { color-scheme: light dark; --paper: #eef0f6; --card: #fff; --ink: #1a1c24; --soft: #5a5f70; --line: #c6cad8; --accent: #3f4fb0; --on: #fff; }
      @media (prefers-color-scheme: dark) { :root { --paper: #11131a; --card: #1a1d27; --ink: #edeff7; --soft: #a7adc0; --line: #454b5e; --accent: #a9b5ff; --on: #11153a; } }
      * { box-sizing: border-box; }
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, 'Liberation Sans', sans-serif; }
      main { width: 100%; max-width: 24rem; padding: 2rem; border-radius: 1rem; background: var(--card); }
      h1 { margin: 0; font-size: 1.375rem; letter-spacing: -0.015em; }
      p { margin: 0.375rem 0 1.5rem; color: var(--soft); font-size: 0.9375rem; }
      label { display: block; margin-bottom: 0.375rem; font-size: 0.875rem; font-weight: 600; }
      input { width: 100%; padding: 0.625rem 0.8125rem; border: 1px solid var(--line); border-radius: 0.625rem; background: none; color: inherit; font: inherit; }
      button { width: 100%; margin-top: 0.75rem; padding: 0.625rem; border: 1px solid var(--line); border-radius: 0.625rem; background: none; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
      button.primary { margin-top: 1.25rem; border-color: var(--accent); background: var(--accent); color: var(--on); }
      :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    </style>
  </head>
  <body>
    <main>
      <h1>Local ID</h1>
      <p>A provider on this machine, for development. It believes whatever you say.</p>
      <form method="post">
        <label for="email">Who are you?</label>
        <input id="email" name="email" type="email" placeholder="you@example.com" autocomplete="off" autofocus />
        <button class="primary">Continue</button>
        <button name="cancel" formnovalidate>Cancel</button>
      </form>
    </main>
  </body>
</html>`;
}
