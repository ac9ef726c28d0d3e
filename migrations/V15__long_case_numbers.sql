-- A case number of any length may be searched: a hash index holds no more than a hash of it, where a btree refuses a row
-- beyond 2.7 KB. Both serve equality alone, which is all that is asked.
drop index hearing_case_number;
drop index hearing_urn;
create index hearing_case_number on hearing using hash (lower(case_number)) where case_number <> '';
create index hearing_urn on hearing using hash (lower(urn)) where urn <> '';
