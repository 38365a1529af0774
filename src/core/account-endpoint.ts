/** A base address instead of the provider's own: a proxy, or a test. Throws TypeError for one that must not be used. */
export function readEndpoint(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError('endpoint is not an address like https://proxy.example.com');
  }
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
    throw new TypeError(
      'endpoint must begin with https://: the key goes with every request (http:// for this machine only)',
    );
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('endpoint must be an address alone, without a login, a query or a fragment');
  return url;
}
