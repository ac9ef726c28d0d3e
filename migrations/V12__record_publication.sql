-- Acknowledges an upload: publication, version, search rows, owed effects and audit row, in one statement.
-- The row lock on the publication puts concurrent uploads of one identity in order.
create function record_publication(
    new_publication_id uuid, new_version_id uuid, client text, received timestamptz,
    from_provenance text, of_court_id text, at_level text, is_manual boolean,
    for_date date, in_language text, of_list_type text, of_artefact_type text, with_sensitivity text,
    shown_from timestamptz, shown_to timestamptz,
    bytes_sha256 bytea, bytes_size integer, of_media_type text, flat_file boolean, named_file text,
    source_id text, source_number bigint, request_key text, expected_version integer,
    case_numbers text[], urns text[], case_names text[], party_names text[],
    out outcome text, out publication uuid, out version integer, out version_key uuid, out court integer)
language plpgsql as $$
#variable_conflict use_variable
declare
    current record;
    known_court integer;
    is_archived boolean;
begin
    select reference.location_id into known_court from location_reference reference
     where not is_manual
       and (reference.provenance, reference.provenance_location_id, reference.provenance_location_type)
         = (from_provenance, of_court_id, at_level);
    if is_manual then
        select location_id into known_court from location where location_id::text = of_court_id;
    end if;
    court := known_court;

    insert into publication as held
        (publication_id, provenance, court_id, location_id, court_level, content_date, language, list_type,
         artefact_type, sensitivity, display_from, display_to)
    values (new_publication_id, from_provenance, of_court_id, known_court, at_level, for_date, in_language,
            of_list_type, of_artefact_type, with_sensitivity, shown_from, shown_to)
    on conflict on constraint publication_identity do update set publication_id = held.publication_id
    returning held.publication_id, held.current_version, held.archived_at into current;
    is_archived := current.archived_at is not null;
    publication := current.publication_id;
    version := current.current_version;

    if request_key is not null then
        select held.publication_id, held.number, held.version_id into publication, version, version_key
          from publication_version held where held.published_by = client and held.idempotency_key = request_key;
        if found then
            outcome := case when publication = current.publication_id
                              and (select sha256 = bytes_sha256 from publication_version held
                                    where held.publication_id = publication and held.number = version)
                            then 'repeated' else 'key_reused' end;
            delete from publication held
             where held.publication_id = current.publication_id and held.current_version = 0;
            return;
        end if;
        publication := current.publication_id;
        version := current.current_version;
    end if;

    if expected_version is not null and expected_version <> version then
        outcome := 'outdated';
        delete from publication held where held.publication_id = publication and held.current_version = 0;
        return;
    end if;
    if version > 0 then
        select * into current from publication_version held
         where held.publication_id = publication and held.number = version;
        version_key := current.version_id;
        if source_number < current.source_version then
            outcome := 'outdated';
            return;
        end if;
        -- The bytes of an archived version are gone, so the same bytes are a new version.
        outcome := case when current.sha256 = bytes_sha256 and not is_archived then 'repeated' else 'superseded' end;
    else
        outcome := 'created';
    end if;

    update publication held
       set artefact_type = of_artefact_type, sensitivity = with_sensitivity, display_from = shown_from,
           display_to = shown_to, withdrawn_at = null, archived_at = null, updated_at = now(),
           current_version = case when outcome = 'repeated' then version else version + 1 end
     where held.publication_id = publication
       and (outcome <> 'repeated' or (held.artefact_type, held.sensitivity, held.display_from, held.display_to)
            is distinct from (of_artefact_type, with_sensitivity, shown_from, shown_to)
            or held.withdrawn_at is not null);
    if outcome = 'repeated' then
        if found then
            insert into audit_log (actor, action, subject, details)
            values (client, 'PUBLICATION_METADATA_CHANGED', publication::text,
                    jsonb_build_object('version', version, 'sensitivity', with_sensitivity));
        end if;
        return;
    end if;

    update publication_version held set superseded_at = now()
     where held.publication_id = publication and held.number = version;
    version := version + 1;
    version_key := new_version_id;
    insert into publication_version
        (publication_id, number, version_id, sha256, size, media_type, is_flat_file, file_name,
         source_artefact_id, source_version, idempotency_key, published_by, received_at)
    values (publication, version, new_version_id, bytes_sha256, bytes_size, of_media_type, flat_file, named_file,
            source_id, source_number, request_key, client, received);
    insert into hearing (publication_id, version, ordinal, case_number, urn, case_name, parties)
    select publication, version, row.ordinal - 1, row.case_number, row.urn, row.case_name, row.parties
      from unnest(case_numbers, urns, case_names, party_names)
           with ordinality as row (case_number, urn, case_name, parties, ordinal);
    if not flat_file and of_artefact_type <> 'LCSU' then
        insert into effect (publication_id, version, channel, purpose) values (publication, version, 'file', 'files');
    end if;
    insert into audit_log (actor, action, subject, details)
    values (client, 'PUBLICATION_UPLOAD', publication::text,
            jsonb_build_object('version', version, 'list_type', of_list_type, 'court', known_court,
                               'sensitivity', with_sensitivity));
end
$$;
comment on function record_publication is
    'Records an upload; outcome is created, superseded, repeated, outdated or key_reused.';
