/** Small settings of this browser. Absent or blocked storage is the same as nothing stored. */
export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(`davylamp.${name}`);
  } catch {
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`davylamp.${name}`, value);
  } catch {
    // A browser that forbids storage still shows the page; the setting lasts until it is closed.
  }
}
