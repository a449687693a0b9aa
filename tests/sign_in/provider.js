// A real OpenID provider for the tests: the package oidc-provider with its own forms for signing in, on loopback.
// Started with one argument, JSON: the client as the provider keeps it. Prints its port when it is ready.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const client = JSON.parse(process.argv[2])
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [client],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['only for this test'] },
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    // By itself it tells nothing to loopback addresses, and the portal of this test is at one.
    fetch: (address, { dispatcher, ...options }) => globalThis.fetch(address, options),
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id.replace('person-', '') }),
    }),
  })
  server.on('request', provider.callback())
  process.stdout.write(`${port}\n`)
})
