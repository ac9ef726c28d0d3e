-- What is said of a publication is put in order as its bytes are: a revision for every change, the greatest source version
-- ever seen, the sensitivity each version was shown under, and the keys of all accepted uploads.
alter table publication
    add column revision integer not null default 0,
    add column latest_source_version bigint;
comment on column publication.revision is 'Raised by every change of what is said of it or shown; its ETag.';
comment on column publication.latest_source_version is 'The greatest version number its producer has sent; null if none.';

-- A name of its own: statements that join both tables say sensitivity alone and mean the publication's.
alter table publication_version add column version_sensitivity text not null default 'INTERNAL';
comment on table publication_version is 'One accepted upload; its bytes, number and times never change but for superseded_at.';
comment on column publication_version.version_sensitivity is
    'The sensitivity it was last shown under; where nobody said, nobody but administrators reads it.';
comment on column publication_version.idempotency_key is 'No longer written: upload_key has them all.';
grant update (version_sensitivity, file_name, source_artefact_id) on publication_version to pi_app;

update publication held
   set revision = held.current_version,
       latest_source_version = (select max(made.source_version) from publication_version made
                                 where made.publication_id = held.publication_id);
update publication_version made
   set version_sensitivity = coalesce(
           case when made.number = held.current_version then held.sensitivity end,
           (select said.details ->> 'sensitivity' from audit_log said
             where said.subject = made.publication_id::text
               and said.action in ('PUBLICATION_UPLOAD', 'PUBLICATION_METADATA_CHANGED')
               and (said.details ->> 'version')::integer = made.number
             order by said.audit_id desc limit 1),
           held.sensitivity)
  from publication held
 where held.publication_id = made.publication_id;

create function raise_revision() returns trigger language plpgsql as $$
begin
    new.revision := greatest(new.revision, old.revision + 1);
    return new;
end
$$;
comment on function raise_revision is 'Counts a change of a publication, whoever makes it.';
create trigger raise_revision before update on publication for each row
    when ((old.location_id, old.court_id, old.artefact_type, old.sensitivity, old.display_from, old.display_to,
           old.current_version, old.withdrawn_at, old.archived_at)
          is distinct from
          (new.location_id, new.court_id, new.artefact_type, new.sensitivity, new.display_from, new.display_to,
           new.current_version, new.withdrawn_at, new.archived_at))
    execute function raise_revision();

create function upload_digest(
    from_provenance text, of_court_id text, for_date date, in_language text, of_list_type text, of_artefact_type text,
    with_sensitivity text, shown_from timestamptz, shown_to timestamptz, bytes_sha256 bytea, of_media_type text,
    named_file text, source_id text, source_number bigint)
returns bytea language sql stable as $$
    select sha256(convert_to(jsonb_build_array(
        from_provenance, of_court_id, for_date, in_language, of_list_type, of_artefact_type, with_sensitivity,
        extract(epoch from shown_from), extract(epoch from shown_to), encode(bytes_sha256, 'hex'), of_media_type,
        named_file, source_id, source_number)::text, 'UTF8'))
$$;
comment on function upload_digest is 'What an upload says, in one value: two requests are the same if theirs are.';

create table upload_key (
    client text not null,
    key text not null,
    publication_id uuid not null references publication on delete cascade,
    version integer not null,
    revision integer not null,
    request bytea not null,
    recorded_at timestamptz not null default now(),
    primary key (client, key)
);
comment on table upload_key is 'The Idempotency-Key of every accepted upload, kept as long as its publication.';
comment on column upload_key.client is 'Client id of the caller.';
comment on column upload_key.key is 'The key.';
comment on column upload_key.publication_id is 'The publication.';
comment on column upload_key.version is 'The version that upload became, or repeated.';
comment on column upload_key.revision is 'The publication''s revision after it.';
comment on column upload_key.request is 'What the upload said (upload_digest).';
comment on column upload_key.recorded_at is 'When it was accepted.';
create index on upload_key (publication_id);
grant select, insert, delete on upload_key to pi_app;
insert into upload_key (client, key, publication_id, version, revision, request, recorded_at)
select made.published_by, made.idempotency_key, made.publication_id, made.number, made.number,
       upload_digest(held.provenance, held.court_id, held.content_date, held.language, held.list_type, held.artefact_type,
                     made.version_sensitivity, held.display_from, held.display_to, made.sha256, made.media_type,
                     made.file_name, made.source_artefact_id, made.source_version),
       made.published_at
  from publication_version made join publication held using (publication_id)
 where made.idempotency_key is not null;

-- Acknowledges an upload: publication, version, search rows, owed effects, key and audit row, in one statement.
-- The row lock on the publication puts concurrent uploads of one identity in order. Whatever would change nothing is
-- answered as the repeat it is, on whatever condition it came; anything else must be newer than what is there.
create function record_upload(
    new_publication_id uuid, new_version_id uuid, client text, received timestamptz,
    from_provenance text, of_court_id text, at_level text, is_manual boolean,
    for_date date, in_language text, of_list_type text, of_artefact_type text, with_sensitivity text,
    shown_from timestamptz, shown_to timestamptz,
    bytes_sha256 bytea, bytes_size integer, of_media_type text, flat_file boolean, named_file text,
    source_id text, source_number bigint, request_key text, expected_revision integer,
    case_numbers text[], urns text[], case_names text[], party_names text[],
    out outcome text, out publication uuid, out version integer, out revision integer, out version_key uuid,
    out court integer, out stored_type text, out stored_sensitivity text, out stored_from timestamptz,
    out stored_to timestamptz)
language plpgsql as $$
#variable_conflict use_variable
declare
    held record;
    shown record;
    earlier record;
    said bytea := upload_digest(from_provenance, of_court_id, for_date, in_language, of_list_type, of_artefact_type,
                                with_sensitivity, shown_from, shown_to, bytes_sha256, of_media_type, named_file,
                                source_id, source_number);
    same_bytes boolean;
    changes_nothing boolean;
begin
    if is_manual then
        select place.location_id into court from location place where place.location_id::text = of_court_id;
    else
        select reference.location_id into court from location_reference reference
         where (reference.provenance, reference.provenance_location_id, reference.provenance_location_type)
             = (from_provenance, of_court_id, at_level);
    end if;

    insert into publication as known
        (publication_id, provenance, court_id, location_id, court_level, content_date, language, list_type,
         artefact_type, sensitivity, display_from, display_to)
    values (new_publication_id, from_provenance, of_court_id, court, at_level, for_date, in_language,
            of_list_type, of_artefact_type, with_sensitivity, coalesce(shown_from, received), shown_to)
    on conflict on constraint publication_identity do update set publication_id = known.publication_id
    returning known.* into held;
    publication := held.publication_id;
    version := held.current_version;
    revision := held.revision;
    stored_type := of_artefact_type;
    stored_sensitivity := with_sensitivity;
    stored_from := coalesce(shown_from, received);
    stored_to := shown_to;

    if request_key is not null then
        select known.* into earlier from upload_key known where (known.client, known.key) = (client, request_key);
        if found then
            outcome := case when earlier.request = said then 'repeated' else 'key_reused' end;
            version := earlier.version;
            revision := earlier.revision;
            delete from publication known
             where known.publication_id = held.publication_id and known.current_version = 0;
            select known.publication_id, known.artefact_type, known.sensitivity, known.display_from, known.display_to
              into publication, stored_type, stored_sensitivity, stored_from, stored_to
              from publication known where known.publication_id = earlier.publication_id;
            return;
        end if;
    end if;

    select made.* into shown from publication_version made
     where made.publication_id = publication and made.number = version;
    version_key := shown.version_id;
    -- The bytes of an archived version are gone, so the same bytes are a new version.
    same_bytes := held.archived_at is null
        and (shown.sha256, shown.is_flat_file, shown.media_type)
            is not distinct from (bytes_sha256, flat_file, of_media_type);
    -- An upload that leaves its beginning to us does not begin again.
    if shown_from is null and same_bytes then
        stored_from := held.display_from;
    end if;
    changes_nothing := same_bytes and held.withdrawn_at is null
        and (held.artefact_type, held.sensitivity, held.display_from, held.display_to, shown.file_name,
             shown.source_artefact_id)
            is not distinct from (of_artefact_type, with_sensitivity, stored_from, shown_to, named_file, source_id);
    outcome := case when version = 0 then 'created' when same_bytes then 'repeated' else 'superseded' end;

    if not changes_nothing then
        -- 0 expects any version at all.
        if (case expected_revision when 0 then version = 0 else expected_revision <> revision end)
           or source_number < held.latest_source_version then
            outcome := case when version = 0 then 'absent' else 'outdated' end;
            delete from publication known where known.publication_id = publication and known.current_version = 0;
            return;
        end if;
        revision := revision + 1;
    end if;

    if same_bytes and not changes_nothing then
        update publication_version made
           set version_sensitivity = with_sensitivity, file_name = named_file, source_artefact_id = source_id
         where made.publication_id = publication and made.number = version;
        insert into audit_log (actor, action, subject, details)
        values (client, 'PUBLICATION_METADATA_CHANGED', publication::text,
                jsonb_build_object('version', version, 'sensitivity', with_sensitivity));
    elsif not same_bytes then
        update publication_version made set superseded_at = now()
         where made.publication_id = publication and made.number = version;
        version := version + 1;
        version_key := new_version_id;
        insert into publication_version
            (publication_id, number, version_id, sha256, size, media_type, is_flat_file, file_name,
             source_artefact_id, source_version, published_by, received_at, version_sensitivity)
        values (publication, version, new_version_id, bytes_sha256, bytes_size, of_media_type, flat_file, named_file,
                source_id, source_number, client, received, with_sensitivity);
        insert into hearing (publication_id, version, ordinal, case_number, urn, case_name, parties)
        select publication, version, row.ordinal - 1, row.case_number, row.urn, row.case_name, row.parties
          from unnest(case_numbers, urns, case_names, party_names)
               with ordinality as row (case_number, urn, case_name, parties, ordinal);
        if not flat_file and of_artefact_type <> 'LCSU' then
            insert into effect (publication_id, version, channel, purpose)
            values (publication, version, 'file', 'files');
        end if;
        insert into audit_log (actor, action, subject, details)
        values (client, 'PUBLICATION_UPLOAD', publication::text,
                jsonb_build_object('version', version, 'list_type', of_list_type, 'court', court,
                                   'sensitivity', with_sensitivity));
    end if;
    if not changes_nothing or source_number > coalesce(held.latest_source_version, source_number - 1) then
        update publication known
           set artefact_type = of_artefact_type, sensitivity = with_sensitivity, display_from = stored_from,
               display_to = shown_to, withdrawn_at = null, archived_at = null, updated_at = now(),
               current_version = version, revision = revision,
               latest_source_version = greatest(held.latest_source_version, source_number)
         where known.publication_id = publication;
    end if;
    if request_key is not null then
        insert into upload_key (client, key, publication_id, version, revision, request)
        values (client, request_key, publication, version, revision, said);
    end if;
end
$$;
comment on function record_upload is
    'Records an upload; outcome is created, superseded, repeated, outdated, absent or key_reused.';

-- The release before this one records through the same rules.
create or replace function record_publication(
    new_publication_id uuid, new_version_id uuid, client text, received timestamptz,
    from_provenance text, of_court_id text, at_level text, is_manual boolean,
    for_date date, in_language text, of_list_type text, of_artefact_type text, with_sensitivity text,
    shown_from timestamptz, shown_to timestamptz,
    bytes_sha256 bytea, bytes_size integer, of_media_type text, flat_file boolean, named_file text,
    source_id text, source_number bigint, request_key text, expected_version integer,
    case_numbers text[], urns text[], case_names text[], party_names text[],
    out outcome text, out publication uuid, out version integer, out version_key uuid, out court integer)
language sql as $$
    select done.outcome, done.publication, done.version, done.version_key, done.court
      from record_upload(new_publication_id, new_version_id, client, received, from_provenance, of_court_id, at_level,
                         is_manual, for_date, in_language, of_list_type, of_artefact_type, with_sensitivity, shown_from,
                         shown_to, bytes_sha256, bytes_size, of_media_type, flat_file, named_file, source_id,
                         source_number, request_key, expected_version, case_numbers, urns, case_names, party_names) done
$$;
comment on function record_publication is 'As record_upload, for the release before it; a later release drops this.';
