-- contracts: import_locations() only gains columns in its answer; the code before names the ones it reads.
-- Lists that wait for their court are matched by one function, which the import calls and the retention timer repeats: an
-- upload that looked its court up before an import was committed, and was itself committed after, waits for the timer.

-- Each match stands or falls alone. Two lists that come to mean the same publication cannot both have its identity: the
-- newest has it, the other goes on waiting and is counted as held. So does a list whose identity a concurrent upload takes.
create function rematch_publications(out matched integer, out held integer)
language plpgsql as $$
declare
    waiting record;
begin
    perform pg_advisory_xact_lock(hashtext('import_locations'));
    matched := 0;
    held := 0;
    for waiting in
        select publication.publication_id, known.location_id
          from publication
          join publication_version shown
            on shown.publication_id = publication.publication_id and shown.number = publication.current_version
          join lateral (
              select reference.location_id from location_reference reference
               where publication.provenance <> 'MANUAL_UPLOAD'
                 and (reference.provenance, reference.provenance_location_id, reference.provenance_location_type)
                   = (publication.provenance, publication.court_id, publication.court_level)
              union all
              select location.location_id from location
               where publication.provenance = 'MANUAL_UPLOAD' and location.location_id::text = publication.court_id
          ) known on true
         where publication.location_id is null and publication.withdrawn_at is null and publication.archived_at is null
         order by shown.published_at desc, publication.publication_id
    loop
        begin
            update publication set location_id = waiting.location_id, updated_at = now()
             where publication_id = waiting.publication_id and location_id is null;
            if found then
                matched := matched + 1;
                insert into audit_log (actor, action, subject, details)
                values ('rematch_publications', 'PUBLICATION_MATCHED', waiting.publication_id::text,
                        jsonb_build_object('court', waiting.location_id));
            end if;
        exception when unique_violation then
            held := held + 1;
        end;
    end loop;
end
$$;
comment on function rematch_publications is
    'Gives lists whose court was unknown their court; held counts those whose identity another publication has.';

-- As before, and: courts may swap their names; courts the file does not mention are named and stay.
drop function import_locations();
create function import_locations(out added integer, out updated integer, out mapped integer, out rematched integer,
                                 out held integer, out absent integer[])
language plpgsql as $$
begin
    create temporary table incoming on commit drop as
        select distinct on (coalesce(staged.location_id::text, staged.name))
               coalesce(staged.location_id, known.location_id) as location_id, staged.name, staged.welsh_name,
               staged.regions, staged.welsh_regions, staged.jurisdictions, staged.welsh_jurisdictions,
               staged.jurisdiction_types, staged.welsh_jurisdiction_types, staged.email, staged.contact_no
          from location_staging staged
          left join location known on staged.location_id is null and known.name = staged.name
         order by coalesce(staged.location_id::text, staged.name), staged.row_number;

    -- A name is unique at every row, not only in the end: whoever changes its name first lets go of it. No name from a
    -- file has a control character.
    update location set name = chr(1) || location.location_id
      from incoming
     where location.location_id = incoming.location_id and location.name <> incoming.name;

    update location
       set name = incoming.name, welsh_name = incoming.welsh_name, regions = incoming.regions,
           welsh_regions = incoming.welsh_regions, jurisdictions = incoming.jurisdictions,
           welsh_jurisdictions = incoming.welsh_jurisdictions, jurisdiction_types = incoming.jurisdiction_types,
           welsh_jurisdiction_types = incoming.welsh_jurisdiction_types, email = incoming.email,
           contact_no = incoming.contact_no, date_updated = now()
      from incoming
     where location.location_id = incoming.location_id
       and (location.name, location.welsh_name, location.regions, location.welsh_regions, location.jurisdictions,
            location.welsh_jurisdictions, location.jurisdiction_types, location.welsh_jurisdiction_types,
            location.email, location.contact_no)
           is distinct from
           (incoming.name, incoming.welsh_name, incoming.regions, incoming.welsh_regions, incoming.jurisdictions,
            incoming.welsh_jurisdictions, incoming.jurisdiction_types, incoming.welsh_jurisdiction_types,
            incoming.email, incoming.contact_no);
    get diagnostics updated = row_count;

    insert into location (location_id, name, welsh_name, regions, welsh_regions, jurisdictions, welsh_jurisdictions,
                          jurisdiction_types, welsh_jurisdiction_types, email, contact_no)
    select location_id, name, welsh_name, regions, welsh_regions, jurisdictions, welsh_jurisdictions,
           jurisdiction_types, welsh_jurisdiction_types, email, contact_no
      from incoming
     where location_id is not null
       and not exists (select from location where location.location_id = incoming.location_id);
    get diagnostics added = row_count;
    perform setval(pg_get_serial_sequence('location', 'location_id'),
                   greatest((select coalesce(max(location_id), 0) from location), 1));

    with inserted as (
        insert into location (name, welsh_name, regions, welsh_regions, jurisdictions, welsh_jurisdictions,
                              jurisdiction_types, welsh_jurisdiction_types, email, contact_no)
        select name, welsh_name, regions, welsh_regions, jurisdictions, welsh_jurisdictions,
               jurisdiction_types, welsh_jurisdiction_types, email, contact_no
          from incoming where location_id is null
        returning 1)
    select added + count(*) into added from inserted;

    select coalesce(array_agg(location_id order by location_id), '{}') into absent from location
     where not exists (select from incoming where incoming.location_id = location.location_id)
       and not exists (select from incoming where incoming.location_id is null and incoming.name = location.name);

    with named as (
        select staged.provenance, staged.provenance_location_id, staged.provenance_location_type,
               location.location_id, staged.row_number
          from location_staging staged
          join location on location.location_id = staged.location_id
                        or (staged.location_id is null and location.name = staged.name)
         where staged.provenance <> ''),
    gone as (
        delete from location_reference reference
         where reference.location_id in (select location_id from named)
           and reference.provenance in (select provenance from named)
           and not exists (select from named
                            where (named.provenance, named.provenance_location_id, named.provenance_location_type)
                                = (reference.provenance, reference.provenance_location_id,
                                   reference.provenance_location_type)))
    insert into location_reference (provenance, provenance_location_id, provenance_location_type, location_id)
    select distinct on (provenance, provenance_location_id, provenance_location_type)
           provenance, provenance_location_id, provenance_location_type, location_id
      from named
     order by provenance, provenance_location_id, provenance_location_type, row_number
    on conflict (provenance, provenance_location_id, provenance_location_type)
    do update set location_id = excluded.location_id;
    get diagnostics mapped = row_count;

    select rematch.matched, rematch.held into rematched, held from rematch_publications() rematch;
    delete from location_staging;
end
$$;
comment on function import_locations is 'Takes over the staged reference file and empties the staging table.';

-- The bytes of a version go with the first archive of its publication, also when that is published again later.
alter table publication_version add column removed_at timestamptz;
comment on column publication_version.removed_at is 'When its bytes were given up, its publication being archived; null while they are kept.';
grant update (removed_at) on publication_version to pi_app;
update publication_version made set removed_at = archived.archived_at
  from publication archived
 where archived.publication_id = made.publication_id and archived.archived_at is not null;
