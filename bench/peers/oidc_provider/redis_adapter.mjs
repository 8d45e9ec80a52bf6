// Keeps what oidc-provider stores in Redis, as its documentation proposes: one key per
// artifact, a list of keys per grant (so that all of it can be revoked), and indexes.
import Redis from 'ioredis';

const CONSUMABLE = new Set([
  'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest',
]);
const OF_A_GRANT = new Set([...CONSUMABLE, 'AccessToken']);

const redis = new Redis(process.env.REDIS_SOCKET);

export class RedisAdapter {
  constructor(name) {
    this.name = name;
  }

  key(id) {
    return `${this.name}:${id}`;
  }

  async upsert(id, payload, expiresIn) {
    const key = this.key(id);
    const value = JSON.stringify(payload);
    const writes = redis.multi();
    if (CONSUMABLE.has(this.name)) writes.hset(key, { payload: value });
    else writes.set(key, value);
    if (expiresIn) writes.expire(key, expiresIn);
    if (OF_A_GRANT.has(this.name) && payload.grantId) {
      const list = `grant:${payload.grantId}`;
      writes.rpush(list, key);
      if (expiresIn > await redis.ttl(list)) writes.expire(list, expiresIn);
    }
    if (payload.userCode) writes.set(`userCode:${payload.userCode}`, id, 'EX', expiresIn);
    if (payload.uid) writes.set(`uid:${payload.uid}`, id, 'EX', expiresIn);
    await writes.exec();
  }

  async find(id) {
    if (!CONSUMABLE.has(this.name)) {
      const found = await redis.get(this.key(id));
      return found ? JSON.parse(found) : undefined;
    }
    const { payload, consumed } = await redis.hgetall(this.key(id));
    if (!payload) return undefined;
    const artifact = JSON.parse(payload);
    return consumed ? { ...artifact, consumed: Number(consumed) } : artifact;
  }

  async findByUid(uid) {
    const id = await redis.get(`uid:${uid}`);
    return id ? this.find(id) : undefined;
  }

  async findByUserCode(userCode) {
    const id = await redis.get(`userCode:${userCode}`);
    return id ? this.find(id) : undefined;
  }

  async consume(id) {
    await redis.hset(this.key(id), 'consumed', Math.floor(Date.now() / 1000));
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }

  async revokeByGrantId(grantId) {
    const list = `grant:${grantId}`;
    await redis.del(list, ...await redis.lrange(list, 0, -1));
  }
}
