/**
 * Knows when the user takes an accepted suggestion back, so that it is not offered again at once.
 */

export class Retreat {
  /** A suggestion, or a piece of it, was accepted: the cursor is behind it now. */
  accepted(prefix: string, suffix: string): void {
    this._whole = prefix;
    this._suffix = suffix;
    this._reached = prefix.length;
  }

  /**
   * Whether this text is a step back from what was accepted: an undo, or keys that delete it. It stays one until something is
   * typed.
   */
  takenBack(prefix: string, suffix: string): boolean {
    const inside =
      this._whole !== null &&
      suffix === this._suffix &&
      this._whole.startsWith(prefix);
    if (!inside) {
      const beyond =
        this._whole !== null &&
        suffix === this._suffix &&
        prefix.startsWith(this._whole);
      if (!beyond) {
        this._whole = null; // somewhere else: nothing is left to take back
        return false;
      }
      this._whole = prefix; // what is typed behind it is undone together with it
      this._reached = prefix.length;
      return false;
    }
    const back = prefix.length < this._reached;
    this._reached = prefix.length;
    if (!back && prefix !== this._whole) {
      this._whole = null; // typed again, by hand
    }
    return back;
  }

  private _whole: string | null = null;
  private _suffix = '';
  private _reached = 0;
}
