/** Where pages find the service while one develops and `APP_URL` is not set: on this machine. Which port `PORT=0` takes is not known yet. */
export function developmentUrl(port: number): URL {
  return new URL(port === 0 ? 'http://localhost' : `http://localhost:${port}`);
}
