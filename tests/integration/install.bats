#!/usr/bin/env bats
# install.bats: make install, and the site in a copy of this machine's nginx.

load helper

setup() {
	make_sandbox
	prefix=$sandbox/prefix
	configuration=$prefix/etc/millrace/millrace.ini
}

teardown() {
	remove_sandbox
}

# What was built is installed, as it is.
make_target() { # TARGET [VARIABLES...]
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$repository" -o all "$1" \
		BUILD="$MILLRACE_BUILD" "${@:2}" >"$sandbox/make.log" 2>&1 ||
		fail "$(cat "$sandbox/make.log")"
}

files_of() { # DIRECTORY
	(cd "$1" && find . ! -type d ! -path './usr/share/millrace/www/*' | LC_ALL=C sort)
}

abi() {
	sed -n 's/^#define MR_ABI //p' "$repository/lib/millrace.h"
}

# Places

@test "every part has its place, and DESTDIR is in front of all of them" {
	make_target install DESTDIR="$sandbox/root" PREFIX=/usr
	expect_equal files "$(files_of "$sandbox/root")" "./etc/millrace/millrace.ini
./usr/bin/millrace
./usr/include/millrace.h
./usr/include/millrace_errors.h
./usr/lib/libmillrace.so
./usr/lib/libmillrace.so.$(abi)
./usr/lib/systemd/system/millrace.service
./usr/lib/systemd/system/millrace@.service
./usr/lib/systemd/system/millrace@.socket
./usr/sbin/millrace-install-site
./usr/share/doc/millrace/CHANGES.md
./usr/share/doc/millrace/LICENSE
./usr/share/doc/millrace/README.md
./usr/share/millrace/millrace.logrotate
./usr/share/millrace/nginx/docs.conf
./usr/share/millrace/nginx/nginx.conf"
	expect_equal 'docs page' "$(ls "$sandbox/root/usr/share/millrace/www/docs" 2>&1)" \
		"$(ls "$MILLRACE_BUILD/docs" 2>&1 | sed "s|$MILLRACE_BUILD|$sandbox/root/usr/share/millrace/www|")"
	run grep -rlE '@[a-z]+@|'"$sandbox" "$sandbox/root/etc" "$sandbox/root/usr/sbin" \
		"$sandbox/root/usr/lib/systemd" "$sandbox/root/usr/share/millrace/millrace.logrotate"
	expect_equal 'files with places of the build' "$output" ''
	grep -q '^ExecStart=/usr/bin/millrace serve --config /etc/millrace/millrace.ini ' \
		"$sandbox/root/usr/lib/systemd/system/millrace.service"
	grep -q '^state = /var/lib/millrace$' "$sandbox/root/etc/millrace/millrace.ini"
	grep -q '^sockets = /run/millrace$' "$sandbox/root/etc/millrace/millrace.ini"
}

@test "without UNITDIR there are no units" {
	make_target install DESTDIR="$sandbox/root" PREFIX=/usr/local UNITDIR=
	[ -x "$sandbox/root/usr/local/bin/millrace" ]
	[ -e "$sandbox/root/etc/millrace/millrace.ini" ]
	expect_equal units "$(find "$sandbox/root" -name '*.service' -o -name '*.socket')" ''
}

@test "a configuration stays as it is, and alone when all else is taken away" {
	make_target install PREFIX="$prefix"
	echo '; changed' >>"$configuration"
	cp "$configuration" "$sandbox/changed"
	make_target install PREFIX="$prefix"
	cmp "$configuration" "$sandbox/changed"
	make_target uninstall PREFIX="$prefix"
	cmp "$configuration" "$sandbox/changed"
	expect_equal files "$(files_of "$prefix")" ./etc/millrace/millrace.ini
	[ ! -e "$prefix/share/millrace" ]
}

# What a configuration sets; sections apart, the rest are comments.
settings() { # FILE
	grep -oE '^[a-z_]+ *=' "$1" | tr -d ' =' | LC_ALL=C sort | tr '\n' ' '
}

@test "the configuration sets places and leaves the rest to its defaults" {
	make_target install PREFIX="$prefix"
	[[ $(settings "$configuration") =~ ^(socket_group )?sockets\ state\ $ ]]
	grep -q '^;workers = ' "$configuration"
	"$prefix/bin/millrace" check --config "$configuration" >"$sandbox/effective"
	"$millrace" check --state "$prefix/var/lib/millrace" --sockets "$prefix/run/millrace" \
		--socket-group "$(sed -n 's/^socket_group = //p' "$configuration")" \
		>"$sandbox/expected"
	cmp "$sandbox/effective" "$sandbox/expected"
}

@test "what is installed runs by itself, and modules are built with its header" {
	make_target install PREFIX="$prefix"
	library=$(ldd "$prefix/bin/millrace" | sed -n 's/.*libmillrace[^ ]* => \([^ ]*\).*/\1/p')
	expect_equal library "$(realpath "$library")" "$(realpath "$prefix")/lib/libmillrace.so.$(abi)"
	expect_equal answer "$("$prefix/bin/millrace" call /sum-squares a=3 b=4)" \
		"$("$millrace" call /sum-squares a=3 b=4)"
	cc -shared -fPIC -I "$prefix/include" -o "$sandbox/texts.so" "$repository/tests/modules/texts.c"
	"$prefix/bin/millrace" endpoints --module "$sandbox/texts.so" | grep -q " /text "
}

@test "systemd finds nothing wrong with the units" {
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	make_target install PREFIX="$prefix"
	cp "$prefix/lib/systemd/system/"* "$sandbox"
	cp "$sandbox/millrace@.socket" "$sandbox/millrace@fast.socket"
	cp "$sandbox/millrace@.service" "$sandbox/millrace@fast.service"
	for unit in millrace.service millrace@fast.service millrace@fast.socket; do
		run systemd-analyze verify --man=no "$sandbox/$unit"
		said=$(grep -F millrace <<<"$output" || true)
		[ "$status" = 0 ] && [ -z "$said" ] || fail "$unit: $output"
	done
	# Whether the check can fail.
	sed -i 's/^Type=notify/Typ=notify/' "$sandbox/millrace.service"
	run systemd-analyze verify --man=no "$sandbox/millrace.service"
	[[ $output =~ Typ ]]
}

# The site

# A copy of this machine's nginx on which nothing of it depends.
copy_nginx() {
	[ -f /etc/nginx/nginx.conf ] && [ -d /etc/nginx/sites-enabled ] ||
		skip 'no nginx as Debian lays it out'
	nginx_directory=$sandbox/nginx
	mkdir -p "$sandbox/logs"
	cp -a /etc/nginx "$nginx_directory"
	rm -f "$nginx_directory/sites-enabled/"*
	sed -i -e "s|/etc/nginx|$nginx_directory|g" -e "s|/var/log/nginx|$sandbox/logs|g" \
		-e "s|^pid .*|pid $sandbox/nginx.pid;|" \
		-e "s|^http {|&\nclient_body_temp_path $sandbox/t1; fastcgi_temp_path $sandbox/t2; proxy_temp_path $sandbox/t3; uwsgi_temp_path $sandbox/t4; scgi_temp_path $sandbox/t5;|" \
		"$nginx_directory/nginx.conf"
	port=$(random_port)
	url=http://127.0.0.1:$port
}

# Every name, kind, mode, target and content in a directory.
snapshot() { # DIRECTORY
	(
		cd "$1"
		find . -printf '%y %m %p %l\n' | LC_ALL=C sort
		find . -type f -exec sha256sum {} + | LC_ALL=C sort
	)
}

# Runs the installed script; its exit status and output are $status, $output.
install_site() { # OPTIONS...
	run "$prefix/sbin/millrace-install-site" --nginx "$nginx_directory" \
		--address 127.0.0.1 --port "$port" --log "$sandbox/logs/millrace.log" "$@"
}

expect_installed() { # OPTIONS...
	install_site "$@"
	[ "$status" = 0 ] || fail "$output"
}

server_answers() {
	"$prefix/bin/millrace" top --config "$configuration" >"$sandbox/top" 2>&1
}

@test "an installed site answers through the nginx that was there" {
	copy_nginx
	make_target install PREFIX="$prefix"
	if [ "$(id -u)" != 0 ]; then
		sed -i "s/^socket_group = .*/socket_group = $(id -gn)/" "$configuration"
	fi
	if is_sanitized; then
		print_unlimited >>"$configuration"
	fi
	expect_installed
	background "$sandbox/server.log" "$prefix/bin/millrace" serve --config "$configuration"
	master=$started
	eventually server_answers
	start_nginx "$nginx_directory"

	call '/sum-squares?a=3&b=4'
	expect_status 200
	expect_body "$("$millrace" call /sum-squares a=3 b=4)"
	call /nowhere
	expect_problem_here 404 not-found
	call /openapi.json
	expect_status 200
	expect_body "$("$millrace" openapi)"
	call /docs
	if [ -e "$MILLRACE_BUILD/docs/index.html" ]; then
		expect_status 200
		cmp "$body" "$repository/nginx/docs/index.html"
	else
		expect_status 404
	fi
	grep -F '"uri":"/nowhere"' "$sandbox/logs/millrace.log" | jq -e '.status == 404'

	kill -QUIT "$nginx"
	kill -TERM "$master"
	wait_for "$nginx"
	wait_for "$master"
	expect_equal status "$status" 0
}

@test "a site that is installed again is the same, and another one when told so" {
	copy_nginx
	make_target install PREFIX="$prefix"
	expect_installed
	before=$(snapshot "$nginx_directory")
	expect_installed
	expect_equal files "$(snapshot "$nginx_directory")" "$before"
	expect_installed --server-name 'a.example *.b.example'
	grep -q '^	server_name a.example \*.b.example;$' "$nginx_directory/sites-available/millrace"
	nginx -t -q -e stderr -c "$nginx_directory/nginx.conf"
}

@test "a site that is removed leaves no trace" {
	copy_nginx
	make_target install PREFIX="$prefix"
	before=$(snapshot "$nginx_directory")
	expect_installed
	[ "$(snapshot "$nginx_directory")" != "$before" ]
	expect_installed --remove
	expect_equal files "$(snapshot "$nginx_directory")" "$before"
	expect_installed --remove
	expect_equal files "$(snapshot "$nginx_directory")" "$before"
}

@test "a site that nginx refuses leaves everything as it was" {
	copy_nginx
	make_target install PREFIX="$prefix"
	for already in no yes; do
		[ "$already" = no ] || expect_installed
		# A name of ours that is taken.
		echo 'upstream millrace_fast { server 127.0.0.1:1; }' >"$sandbox/taken"
		cp "$sandbox/taken" "$nginx_directory/conf.d/taken.conf"
		before=$(snapshot "$nginx_directory")
		install_site --server-name other.example
		[ "$status" = 1 ] || fail "status $status: $output"
		[[ $output =~ 'duplicate upstream "millrace_fast"' ]] || fail "$output"
		[[ $output =~ 'everything is as it was' ]] || fail "$output"
		expect_equal files "$(snapshot "$nginx_directory")" "$before"
		rm "$nginx_directory/conf.d/taken.conf"
	done
}

@test "a configuration that does not load leaves everything as it was" {
	copy_nginx
	make_target install PREFIX="$prefix"
	expect_installed
	before=$(snapshot "$nginx_directory")
	echo 'nonsense = 1' >"$sandbox/bad.ini"
	install_site --config "$sandbox/bad.ini"
	[ "$status" = 1 ] || fail "status $status: $output"
	[[ $output =~ bad.ini ]] || fail "$output"
	expect_equal files "$(snapshot "$nginx_directory")" "$before"
}

@test "a server block without its first line is somebody's, and stays" {
	copy_nginx
	make_target install PREFIX="$prefix"
	expect_installed
	site=$nginx_directory/sites-available/millrace
	sed -i -e 1d -e 's/server_name _/server_name mine.example/' "$site"
	cp "$site" "$sandbox/mine"
	unset site
	expect_installed --server-name other.example
	[[ $output =~ 'is yours' ]]
	cmp "$sandbox/mine" "$nginx_directory/sites-available/millrace"
	expect_installed --remove
	cmp "$sandbox/mine" "$nginx_directory/sites-available/millrace"
	[ ! -L "$nginx_directory/sites-enabled/millrace" ]
	[ ! -e "$nginx_directory/snippets/millrace" ]
}

@test "a site that has the port's other names is pointed out" {
	copy_nginx
	make_target install PREFIX="$prefix"
	expect_installed
	[[ ! $output =~ 'answers for all names' ]]
	printf 'server {\n\tlisten %s default_server;\n\treturn 204;\n}\n' "127.0.0.1:$port" \
		>"$nginx_directory/sites-enabled/default"
	expect_installed
	[[ $output =~ "sites-enabled/default answers for all names on port $port" ]]
	expect_installed --server-name a.example
	[[ ! $output =~ 'answers for all names' ]]
}

@test "what is no option of the site's installation is refused" {
	copy_nginx
	make_target install PREFIX="$prefix"
	before=$(snapshot "$nginx_directory")
	for wrong in '--port 0' '--port x' '--port 70000' '--prot 80' '--address a;b' \
		'--server-name a;b' '--server-name'; do
		# shellcheck disable=SC2086
		install_site $wrong
		[ "$status" = 2 ] || fail "status $status with $wrong: $output"
	done
	expect_equal files "$(snapshot "$nginx_directory")" "$before"
	run "$prefix/sbin/millrace-install-site" --nginx "$sandbox"
	[ "$status" = 1 ]
	[[ $output =~ "there is no $sandbox/nginx.conf" ]]
}
