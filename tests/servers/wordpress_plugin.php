<?php
/* Plugin Name: What the tests need. The store is on loopback, where WordPress asks nobody; ?theme= shows another theme. */
add_filter( 'http_request_host_is_external', '__return_true' );
add_filter( 'http_allowed_safe_ports', function ( $ports, $host, $url ) {
    return array( (int) parse_url( $url, PHP_URL_PORT ) );
}, 10, 3 );
add_action( 'wp_head', function () {
    echo '<link rel="icon" href="data:,">';
} );
remove_action( 'wp_head', 'print_emoji_detection_script', 7 );
add_filter( 'show_avatars', '__return_false' );
add_filter( 'pre_wp_mail', '__return_true' );
foreach ( array( 'template', 'stylesheet' ) as $of_a_theme ) {
    add_filter( "pre_option_$of_a_theme", function ( $value ) {
        return isset( $_GET['theme'] ) ? sanitize_key( $_GET['theme'] ) : $value;
    } );
}
