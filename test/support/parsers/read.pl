# Reads one JSON text a line, in base64; writes what JSON::PP makes of it, spelt as test/support/parsers.ts says.
use strict;
use warnings;
use B ();
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Scalar::Util qw(blessed);

# Without big numbers, a long integer would come back as text.
my $json = JSON::PP->new->utf8->allow_bignum->allow_nonref;

sub b64 {
    my $text = shift;
    utf8::encode($text);
    return encode_base64( $text, '' );
}

sub spell {
    my $value = shift;
    return 'n' if !defined $value;
    return ( $value ? 't' : 'f' ) if JSON::PP::is_bool($value);
    return 'd' . $value->bsstr if blessed($value) && $value->isa('Math::BigInt');
    return 'd' . $value->bsstr if blessed($value) && $value->isa('Math::BigFloat');
    return '[' . join( ',', map { spell($_) } @$value ) . ']' if ref $value eq 'ARRAY';
    if ( ref $value eq 'HASH' ) {
        my %members = map { "k" . b64($_) => spell( $value->{$_} ) } keys %$value;
        return '{' . join( ',', map { "$_:$members{$_}" } sort keys %members ) . '}';
    }
    my $flags = B::svref_2object( \$value )->FLAGS;
    return 'd' . sprintf( '%.17g', $value ) if $flags & ( B::SVp_IOK | B::SVp_NOK ) and !( $flags & B::SVp_POK );
    return 's' . b64($value);
}

while ( my $line = <STDIN> ) {
    my $spelt = eval { spell( $json->decode( decode_base64($line) ) ) };
    print defined $spelt ? "$spelt\n" : "refused\n";
}
