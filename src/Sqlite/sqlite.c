/* SQLite as our programs link it: without loading of extensions, for which a static program would need dlopen. */
#define SQLITE_OMIT_LOAD_EXTENSION 1
#include "sqlite3.c"

/* SQLitePCLRaw binds these two; nothing of ours calls them. */
int sqlite3_enable_load_extension(sqlite3 *database, int enable) { return enable ? SQLITE_ERROR : SQLITE_OK; }

int sqlite3_load_extension(sqlite3 *database, const char *file, const char *entry, char **message) { return SQLITE_ERROR; }
