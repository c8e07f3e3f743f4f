/** Talking to the server. Every failure is one of: offline, refused (why), or a number of seconds to wait. */
const SCANS = "/api/v1/checkin/scans";
const PHOTOS = "/api/v1/checkin/photos";
const SNAPSHOT = "/api/v1/checkin/snapshot";
const PATIENCE = 8_000;

export class Offline extends Error {}

/** The pairing is over. reason: revoked, expired, unknown. */
export class SignedOff extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Server {
  constructor(token, fetch = (...request) => globalThis.fetch(...request)) {
    this.token = token;
    this.fetch = fetch;
  }

  /** Upload scans. Returns { results, flagged, server_time }. */
  async upload(scans, { waiting, patience = PATIENCE, sentAt = new Date() }) {
    const body = JSON.stringify({ scans, sent_at: sentAt.toISOString(), waiting });
    const answer = await this.request(SCANS, patience, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    return answer.json();
  }

  /** What changed since `marker`, or null when nothing did. */
  async snapshot(marker, etag) {
    const address = marker ? `${SNAPSHOT}?since=${encodeURIComponent(marker)}` : SNAPSHOT;
    const answer = await this.request(address, 30_000, { headers: etag ? { "If-None-Match": etag } : {} });
    return answer.status === 304 ? null : { ...(await answer.json()), etag: answer.headers.get("ETag") };
  }

  /** A small picture of a person, or null where it is gone. */
  async photo(name) {
    const answer = await this.request(`${PHOTOS}/${name}`, PATIENCE, { missing: true });
    return answer.status === 404 ? null : answer.blob();
  }

  async request(address, patience, { headers, missing = false, ...options }) {
    let answer;
    try {
      answer = await this.fetch(address, {
        ...options,
        headers: { ...headers, Authorization: `Bearer ${this.token}` },
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      throw new Offline("no answer");
    }
    if (answer.status === 401) {
      const problem = await answer.json().catch(() => ({}));
      throw new SignedOff(problem.reason ?? "unknown");
    }
    if (!answer.ok && answer.status !== 304 && !(missing && answer.status === 404)) {
      throw new Offline(`status ${answer.status}`);
    }
    return answer;
  }
}
