/** Small pictures of the people who gave one, kept on the device so that they show without a network too. */
export class Photos {
  constructor(store, server) {
    Object.assign(this, { store, server });
    this.busy = false;
    this.shown = null;
  }

  /** Fetch what is missing, one after the other, and forget what nobody needs any more. A failure waits for next time. */
  async renew(people) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    try {
      const wanted = new Set(people.map((person) => person.photo).filter(Boolean));
      const kept = new Set(await this.store.photoNames());
      for (const name of [...kept].filter((one) => !wanted.has(one))) {
        await this.store.savePhoto(name, undefined);
      }
      for (const name of [...wanted].filter((one) => !kept.has(one))) {
        const picture = await this.server.photo(name);
        if (picture) {
          await this.store.savePhoto(name, picture);
        }
      }
    } catch {
      // no network, or signed off: the next upload says so
    } finally {
      this.busy = false;
    }
  }

  /** An address for an <img>, or "" where there is no picture. The one before it is given back. */
  async address(person) {
    const picture = person?.photo ? await this.store.photo(person.photo) : null;
    if (this.shown) {
      URL.revokeObjectURL(this.shown);
    }
    this.shown = picture ? URL.createObjectURL(picture) : "";
    return this.shown;
  }
}
