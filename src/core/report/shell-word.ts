/** Words of a command line that a person copies into a POSIX shell. */

/** The word as it is when nothing in it means anything to a shell, else in single quotes. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
