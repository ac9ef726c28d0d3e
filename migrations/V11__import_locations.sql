-- Takes over the staged reference file (LLD 3.5.1.4): new courts are added, changed ones updated with their
-- date_updated, every provenance id mapped (an id that the file's sources no longer give is dropped), publications whose court was unknown given their court, and the
-- staging table emptied. Runs inside the caller's transaction; two imports take turns.
create function import_locations(out added integer, out updated integer, out mapped integer, out rematched integer)
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

    update publication waiting
       set location_id = reference.location_id, updated_at = now()
      from location_reference reference
     where waiting.location_id is null
       and (reference.provenance, reference.provenance_location_id, reference.provenance_location_type)
         = (waiting.provenance, waiting.court_id, waiting.court_level)
       and not exists (select from publication other
                        where other.court_key = reference.location_id::text
                          and other.content_date = waiting.content_date and other.language = waiting.language
                          and other.list_type is not distinct from waiting.list_type
                          and other.provenance = waiting.provenance);
    get diagnostics rematched = row_count;

    delete from location_staging;
end
$$;
comment on function import_locations is 'Takes over the staged reference file and empties the staging table.';
grant usage on sequence location_location_id_seq to pi_app;
grant update on sequence location_location_id_seq to pi_app;
do $$ begin execute format('grant temporary on database %I to pi_app', current_database()); end $$;
