/** A consent database put back to before one of its changes, as restoring a backup would: that change and those after it are gone. For tests only. */
export async function putBack(consent: D1Database, before: number): Promise<void> {
  const trigger = await consent
    .prepare("select sql from sqlite_master where name = 'changes_no_delete'")
    .first<{ sql: string }>();
  await consent.batch([
    consent.prepare("drop trigger changes_no_delete"),
    consent.prepare("delete from changes where seq >= ?").bind(before),
    consent.prepare(trigger!.sql),
  ]);
}
