-- Where a reference file lands, by COPY, before import_locations() takes it over. One row a CSV row.
create table location_staging (
    row_number integer not null,
    location_id integer,
    name text not null,
    welsh_name text not null,
    regions text[] not null,
    welsh_regions text[] not null,
    jurisdictions text[] not null,
    welsh_jurisdictions text[] not null,
    jurisdiction_types text[] not null,
    welsh_jurisdiction_types text[] not null,
    email text not null,
    contact_no text not null,
    provenance text not null,
    provenance_location_id text not null,
    provenance_location_type text not null
);
comment on table location_staging is 'Rows of the reference file being imported; empty between imports.';
comment on column location_staging.row_number is 'Row of the CSV file, the header being row 1.';
comment on column location_staging.location_id is 'P&I id, where the file has one; otherwise the court is found by its name.';
comment on column location_staging.name is 'English name.';
comment on column location_staging.welsh_name is 'Welsh name.';
comment on column location_staging.regions is 'Regions, English.';
comment on column location_staging.welsh_regions is 'Regions, Welsh.';
comment on column location_staging.jurisdictions is 'Jurisdictions, English.';
comment on column location_staging.welsh_jurisdictions is 'Jurisdictions, Welsh.';
comment on column location_staging.jurisdiction_types is 'Kinds of court, English.';
comment on column location_staging.welsh_jurisdiction_types is 'Kinds of court, Welsh.';
comment on column location_staging.email is 'Contact e-mail address.';
comment on column location_staging.contact_no is 'Contact telephone number.';
comment on column location_staging.provenance is 'Producing system; empty where the row maps no id.';
comment on column location_staging.provenance_location_id is 'That system''s id of the court.';
comment on column location_staging.provenance_location_type is 'Level of that id.';

grant select, insert, delete on location_staging to pi_app;
