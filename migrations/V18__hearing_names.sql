-- Cases are searched by any part of their name or of a party's: by the index, however many there are. The extension is
-- part of every Postgres; on Azure the server must allow it first (server parameter azure.extensions, value PG_TRGM).
create extension if not exists pg_trgm;
create index hearing_names on hearing using gin (lower(case_name || chr(10) || parties) gin_trgm_ops);
comment on index hearing_names is 'Parts of case names and of parties'' names, in small letters.';
