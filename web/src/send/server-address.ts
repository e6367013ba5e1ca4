/** The OTLP/HTTP address of the server that served this page. */
export function serverAddress(): string {
  return document.baseURI.replace(/\/$/, '');
}
