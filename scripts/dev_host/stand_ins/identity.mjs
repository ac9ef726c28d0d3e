// Entra ID for development and tests: an OpenID provider that gives applications the tokens Entra would give them.
// Reads one line of JSON from standard input, writes one line with its port, and ends when standard input closes.

import crypto from 'node:crypto';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { errors, Provider } from 'oidc-provider';

const TOKEN_SECONDS = 3600;
const RESOURCE_PREFIX = 'urn:resource:';
const DEFAULT_SCOPE = '/.default';

const generateKeyPair = promisify(crypto.generateKeyPair);

/** The published keys, newest first; the first one signs. */
const ring = [];
let keysMade = 0;

async function addKey() {
  const { privateKey } = await generateKeyPair('rsa', { modulusLength: 2048 });
  keysMade += 1;
  ring.unshift({ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: `identity-${keysMade}` });
}

/** The scope `<audience>/.default` as a resource indicator, which has to be a URI whatever the audience is. */
function resourceOf(scope) {
  const wanted = (scope ?? '').split(' ').find((part) => part.endsWith(DEFAULT_SCOPE));
  return wanted && RESOURCE_PREFIX + encodeURIComponent(wanted.slice(0, -DEFAULT_SCOPE.length));
}

/** The API that a client may ask tokens for. */
function resourceServer(client, resource) {
  const audience = resource.startsWith(RESOURCE_PREFIX)
    ? decodeURIComponent(resource.slice(RESOURCE_PREFIX.length))
    : resource;
  if (audience !== client.audience) {
    throw new errors.InvalidTarget(`the resource principal named ${audience} was not found in the tenant`);
  }
  return {
    scope: audience + DEFAULT_SCOPE,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: TOKEN_SECONDS,
    jwt: { sign: { alg: 'RS256', kid: ring[0].kid } },
  };
}

/** Turns the provider's claims into those of an Entra application token. */
function asEntra(tenant, client, issuers, jwt) {
  const { payload } = jwt;
  const isFirst = client.version === 'v1';
  const principal = `principal-of-${client.id}`;
  jwt.header = { ...jwt.header, typ: 'JWT' };
  jwt.payload = {
    aud: payload.aud,
    iss: isFirst ? issuers.v1 : issuers.v2,
    iat: payload.iat,
    nbf: payload.iat,
    exp: payload.exp,
    [isFirst ? 'appid' : 'azp']: client.id,
    [isFirst ? 'appidacr' : 'azpacr']: '1',
    idtyp: 'app',
    oid: principal,
    sub: principal,
    tid: tenant.id,
    uti: payload.jti,
    ver: isFirst ? '1.0' : '2.0',
    ...(client.roles.length > 0 ? { roles: client.roles } : {}),
  };
  return jwt;
}

function providerFor(tenant, issuers) {
  const clientOf = (id) => tenant.clients.find((client) => client.id === id);
  const provider = new Provider(issuers.v2, {
    jwks: { keys: ring },
    clients: tenant.clients.map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
    })),
    cookies: { keys: [crypto.randomUUID()] },
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      jwks: '/discovery/v2.0/keys',
      userinfo: '/openid/v2.0/userinfo',
      end_session: '/oauth2/v2.0/logout',
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => resourceOf(ctx.oidc.params?.scope),
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource, client) => resourceServer(clientOf(client.clientId), resource),
      },
    },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) =>
          token.kind === 'ClientCredentials' ? asEntra(tenant, clientOf(token.clientId), issuers, jwt) : jwt,
      },
    },
  });
  provider.on('server_error', (_ctx, error) => console.error(error));
  return provider.callback();
}

/** One tenant behind its path, with the older addresses beside the newer ones. */
function tenantHandler(base, tenant) {
  const prefix = `/identity/${tenant.id}`;
  const issuers = { v1: `${base}/identity/sts/${tenant.id}/`, v2: `${base}${prefix}/v2.0` };
  const newer = {
    '/oauth2/token': '/oauth2/v2.0/token',
    '/discovery/keys': '/discovery/v2.0/keys',
    '/v2.0/.well-known/openid-configuration': '/.well-known/openid-configuration',
  };
  const firstMetadata = {
    issuer: issuers.v1,
    token_endpoint: `${base}${prefix}/oauth2/token`,
    jwks_uri: `${base}${prefix}/discovery/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  let callback = providerFor(tenant, issuers);
  return {
    renew: () => { callback = providerFor(tenant, issuers); },
    serve(request, response) {
      const [path, query] = request.url.split('?', 2);
      if (!path.startsWith(`${prefix}/`)) return false;
      const inside = path.slice(prefix.length);
      if (inside === '/.well-known/openid-configuration') {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(firstMetadata));
        return true;
      }
      request.url = (newer[inside] ?? inside) + (query === undefined ? '' : `?${query}`);
      request.originalUrl = prefix + request.url;
      request.baseUrl = prefix;
      callback(request, response);
      return true;
    },
  };
}

async function control(what, tenants) {
  if (what === 'rotate') await addKey();
  else if (what === 'withdraw') ring.length = 1;
  else return 404;
  tenants.forEach((tenant) => tenant.renew());
  return 204;
}

async function main(orders) {
  // Standard output carries one line only; what the provider has to say goes to standard error.
  console.info = console.error;
  console.log = console.error;
  await addKey();
  const tenants = orders.tenants.map((tenant) => tenantHandler(orders.base, tenant));
  const server = http.createServer(async (request, response) => {
    if (request.url.startsWith('/control/')) {
      const isOurs = request.headers.authorization === `Bearer ${orders.controlKey}`;
      response.statusCode = isOurs ? await control(request.url.slice('/control/'.length), tenants) : 403;
      response.end();
    } else if (!tenants.some((tenant) => tenant.serve(request, response))) {
      response.statusCode = 404;
      response.end('there is no such tenant');
    }
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
}

const input = createInterface({ input: process.stdin });
input.once('line', (line) => {
  main(JSON.parse(line)).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
input.once('close', () => process.exit(0));
