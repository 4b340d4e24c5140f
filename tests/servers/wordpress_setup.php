<?php
/* Installs the site, or writes posts: what standard input asks for, as JSON. */
$wishes = json_decode( file_get_contents( 'php://stdin' ), true );
$_SERVER += array( 'HTTP_HOST' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1' );
if ( isset( $wishes['socket'] ) ) {
    mysqli_connect( null, 'root', '', '', 0, $wishes['socket'] )->query( 'CREATE DATABASE wp' );
    define( 'WP_INSTALLING', true );
}
require_once 'wp-load.php';
if ( isset( $wishes['socket'] ) ) {
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install( 'Magazin', 'admin', 'post@magazin.example', true, '', 'secret' );
    update_option( 'permalink_structure', '/%postname%/' );
    update_option( 'blogdescription', 'Wirtschaft und Technik' );
}
wp_set_current_user( 1 );
foreach ( $wishes['posts'] ?? array() as $slug => $post ) {
    $facts = array( 'post_name' => $slug, 'post_status' => 'publish', 'post_author' => 1 );
    wp_insert_post( $facts + array( 'post_title' => $post[0], 'post_content' => $post[1] ), true );
}
if ( isset( $wishes['socket'] ) ) flush_rewrite_rules( false );
echo 'done';
