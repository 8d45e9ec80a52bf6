// node-oidc-provider as an upstream provider, with its own pages for development: who
// types a name is that user. The first of KEYS signs, the others are published. With APP,
// an app's address, it has a backend for frontend for its client.
import { randomUUID } from 'node:crypto';

import Provider from 'oidc-provider';

const { ISSUER, PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, KEYS, APP } = process.env;
const ofApp = APP && {
  grant_types: ['authorization_code', 'refresh_token'],
  post_logout_redirect_uris: [`${APP}/`],
  backchannel_logout_uri: `${APP}/bff/backchannel-logout`,
};

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: [REDIRECT_URI],
    id_token_signed_response_alg: 'ES256',
    ...ofApp,
  }],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  features: { revocation: { enabled: true }, backchannelLogout: { enabled: true } },
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: { AccessToken: 1 },
  cookies: { keys: [randomUUID()] },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `Name of ${sub}`, email: `${sub}@example.com`, email_verified: true }),
  }),
  jwks: { keys: JSON.parse(KEYS) },
  pkce: { required: () => true },
});
provider.listen(Number(PORT), '127.0.0.1');
