// node-oidc-provider as a peer in measurements: ES256, opaque access tokens, rotating
// refresh tokens, PKCE, state in Redis. Every visitor is signed in and has consented.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

import { RedisAdapter } from './redis_adapter.mjs';

const { ISSUER, PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SCOPE, MACHINE_SCOPE } = process.env;
const IDLE_MS = 60_000; // connections of a load that pauses stay open

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signingKey = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };

const provider = new Provider(ISSUER, {
  adapter: RedisAdapter,
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
    scope: `${SCOPE} ${MACHINE_SCOPE}`,
  }],
  claims: { openid: ['sub'], profile: ['name', 'updated_at'], email: ['email', 'email_verified'] },
  scopes: ['openid', 'offline_access', MACHINE_SCOPE],
  cookies: { keys: [randomUUID()] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      name: 'Ada Lovelace',
      updated_at: 1700000000,
      email: `${sub}@example.com`,
      email_verified: true,
    }),
  }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  // It drops offline_access from requests without prompt=consent (OIDC Core §11).
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  jwks: { keys: [signingKey] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    ClientCredentials: 600,
    Grant: 1209600,
    IdToken: 600,
    Interaction: 3600,
    RefreshToken: 1209600,
    Session: 86400,
  },
});

async function answer(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') return { login: { accountId: randomUUID() } };
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return { consent: { grantId: await grant.save() } };
}

async function interact(request, response) {
  try {
    await provider.interactionFinished(request, response, await answer(request, response));
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}

const protocol = provider.callback();
const server = createServer((request, response) => {
  const handle = request.url.startsWith('/interaction/') ? interact : protocol;
  handle(request, response);
});
server.keepAliveTimeout = IDLE_MS;
server.listen(Number(PORT), '127.0.0.1');
