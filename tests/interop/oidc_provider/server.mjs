// node-oidc-provider as an upstream provider, with its own pages for development: who
// types a name is that user. The first of KEYS signs, the others are published.
import { randomUUID } from 'node:crypto';

import Provider from 'oidc-provider';

const { ISSUER, PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, KEYS } = process.env;

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: [REDIRECT_URI],
    id_token_signed_response_alg: 'ES256',
  }],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  cookies: { keys: [randomUUID()] },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `Name of ${sub}`, email: `${sub}@example.com`, email_verified: true }),
  }),
  jwks: { keys: JSON.parse(KEYS) },
  pkce: { required: () => true },
});
provider.listen(Number(PORT), '127.0.0.1');
