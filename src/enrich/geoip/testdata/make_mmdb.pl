#!/usr/bin/perl
# Writes small databases into a folder: make_mmdb.pl FOLDER. Needs Debian's libmaxmind-db-writer-perl.
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my $folder = shift or die "usage: make_mmdb.pl FOLDER\n";

my %nested_types = (
    city => 'map', country => 'map', registered_country => 'map', names => 'map', location => 'map', en => 'utf8_string',
    iso_code => 'utf8_string', latitude => 'double', longitude => 'double',
);
my %flat_types = (
    country_code => 'utf8_string', city => 'utf8_string', latitude => 'float', longitude => 'float', state1 => 'utf8_string',
    timezone => 'utf8_string',
);
my %asn_types = ( autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string' );

sub write_database {
    my ( $name, $type, $ip_version, $types, $rows ) = @_;
    my $tree = MaxMind::DB::Writer::Tree->new(
        ip_version            => $ip_version,
        record_size           => 24,
        database_type         => $type,
        languages             => ['en'],
        description           => { en => 'made for a test' },
        map_key_type_callback => sub { $types->{ $_[0] } },
        remove_reserved_networks => 0,
        ( $ip_version == 6 ? ( alias_ipv6_to_ipv4 => 1 ) : () ),
    );
    $tree->insert_network( $_->[0], $_->[1] ) for @$rows;
    open my $out, '>:raw', "$folder/$name" or die "$folder/$name: $!\n";
    $tree->write_tree($out);
    close $out or die $!;
}

my $oslo = { city => { names => { en => 'Oslo' } }, country => { iso_code => 'NO', names => { en => 'Kingdom of Norway' } },
    location => { latitude => 59.9139, longitude => 10.7522 } };
my $berlin = { city => { names => { en => 'Berlin' } }, country => { iso_code => 'DE', names => { en => 'Germany' } },
    location => { latitude => 52.52, longitude => 13.405 } };
write_database( 'nested.mmdb', 'GeoLite2-City', 6, \%nested_types, [
    [ '8.10.0.0/16', $oslo ],
    [ '2a02:10::/32', $oslo ],
    [ '8.20.0.0/16', { country => { iso_code => 'JP' } } ],
    [ '8.30.0.0/16', { registered_country => { iso_code => 'BR' } } ],
    [ '8.40.0.0/16', { country => { iso_code => 'FR' }, location => { latitude => 400, longitude => 2 } } ],
    [ '8.50.0.0/16', { country => { iso_code => 'US' }, location => { latitude => 37.751, longitude => -97.822 } } ],
    [ '8.60.0.0/16', { country => { iso_code => 'fr' } } ],
    [ '8.80.0.0/16', $berlin ],
    [ '2a02:80::/32', $berlin ],
    [ '203.0.113.0/24', { country => { iso_code => 'AU' } } ],
    [ '10.0.0.0/8', { country => { iso_code => 'AU' } } ],
] );
my $paris = { country_code => 'FR', city => 'Paris', latitude => 48.8566, longitude => 2.3522, state1 => 'Ile-de-France', timezone => '' };
write_database( 'dbip-city-ipv4.mmdb', 'city ipv4', 4, \%flat_types, [
    [ '8.10.0.0/16', $paris ],
    [ '8.20.0.0/16', { country_code => 'KE', city => '', latitude => 0, longitude => 0, timezone => '' } ],
] );
write_database( 'dbip-city-ipv6.mmdb', 'city ipv6', 6, \%flat_types, [ [ '2a02:10::/32', $paris ] ] );
write_database( 'country.mmdb', 'country ipvAll', 6, \%flat_types, [
    [ '8.10.0.0/16', { country_code => 'SE' } ],
    [ '8.70.0.0/16', { country_code => 'IS' } ],
] );
write_database( 'asn.mmdb', 'GeoLite2-ASN', 6, \%asn_types, [
    [ '8.10.0.0/16', { autonomous_system_number => 64500, autonomous_system_organization => 'Example Net' } ],
    [ '2a02:10::/32', { autonomous_system_number => 64500, autonomous_system_organization => 'Example Net' } ],
    [ '8.80.0.0/16', { autonomous_system_number => 64501, autonomous_system_organization => 'House Net' } ],
    [ '2a02:80::/32', { autonomous_system_number => 64501, autonomous_system_organization => 'House Net' } ],
] );
