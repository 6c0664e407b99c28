#!/usr/bin/env bats
# site.bats: Millrace within a site of Debian's nginx that exists already, the
# docs page included.

load helper

setup_file() {
	make_sandbox
	write_config ''
	background "$sandbox/server.log" "$millrace" serve --state "$sandbox/state" \
		--config "$sandbox/site.ini" --module "$faults"
	export master=$started
	eventually grep -q ' Ready\. ' "$sandbox/server.log"
	share_sockets
	lay_out_site
	start_nginx "$sandbox/conf"
}

teardown_file() {
	kill -TERM "$master" "$nginx"
	remove_sandbox
}

# nginx's workers may be another user here, of no common group.
share_sockets() {
	chmod 666 "$sandbox/state/"*.sock
}

# As README says; what nginx's prefix is to Debian's, conf is here.
lay_out_docs() {
	mkdir -p "$sandbox/conf/www"
	cp -r "$MILLRACE_BUILD/docs" "$sandbox/conf/www"
	"$millrace" openapi --module "$faults" >"$sandbox/conf/www/openapi.json"
	cp "$repository/nginx/docs.conf" "$sandbox/conf/millrace"
	chmod -R a+rX "$sandbox/conf/www"
}

# What an administrator has: the distribution's file, and a site in PHP.
lay_out_site() {
	mkdir -p "$sandbox"/conf/sites-enabled "$sandbox"/conf/millrace "$sandbox"/www/assets
	lay_out_docs
	for part in upstreams locations; do
		"$millrace" nginx $part --module "$faults" --state "$sandbox/state" \
			>"$sandbox/conf/millrace/$part.conf"
	done
	echo '<h1>home</h1>' >"$sandbox/www/home.html"
	echo '<h1>ours: not found</h1>' >"$sandbox/www/404.html"
	echo '<h1>ours: broken</h1>' >"$sandbox/www/50x.html"
	echo 'body {}' >"$sandbox/www/assets/site.css"
	cat >"$sandbox/conf/nginx.conf" <<-'CONF'
		worker_processes auto;
		pid nginx.pid;
		events {
			worker_connections 768;
		}
		http {
			sendfile on;
			tcp_nopush on;
			types_hash_max_size 2048;
			types {
				text/html html;
				text/css css;
			}
			default_type application/octet-stream;
			access_log access.log;
			gzip on;
			client_body_temp_path body;
			fastcgi_temp_path fastcgi;
			proxy_temp_path proxy;
			uwsgi_temp_path uwsgi;
			scgi_temp_path scgi;

			# Settings that are meant for PHP.
			fastcgi_intercept_errors on;
			fastcgi_buffers 4 8k;
			fastcgi_read_timeout 300s;
			client_max_body_size 64k;

			include millrace/upstreams.conf;
			include sites-enabled/*;
		}
	CONF
	write_site "$(random_port)"
	chmod 711 "$sandbox/conf" "$sandbox/www"
}

write_site() { # PORT
	export port=$1 url=http://127.0.0.1:$1
	cat >"$sandbox/conf/sites-enabled/default" <<-CONF
		server {
			listen 127.0.0.1:$port default_server;
			server_name _;
			root $sandbox/www;
			index index.html;
			error_page 404 /404.html;
			error_page 500 502 503 504 /50x.html;
			add_header X-Frame-Options DENY;

			include millrace/locations.conf;
			include millrace/docs.conf;

			location / {
				try_files \$uri \$uri/ =404;
			}
			location ^~ /assets/ {
				expires 1h;
			}
			location ~* \.(css|js|png)\$ {
				expires 1d;
			}
			location ~ \.php\$ {
				fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
				fastcgi_pass unix:$sandbox/php.sock;
			}
		}
		server {
			listen 127.0.0.1:$port;
			server_name other;
			location / {
				return 404;
			}
		}
	CONF
}

@test "nginx finds nothing wrong with the site" {
	run -0 nginx -p "$sandbox/conf" -c "$sandbox/conf/nginx.conf" -e stderr -t
	[[ ! $output =~ (warn|emerg|error) ]]
	[[ $output =~ test\ is\ successful ]]
}

@test "our endpoints answer" {
	call '/sum-squares?a=3'
	expect_ok '{"a":3,"b":10,"sum_of_squares":109}'
	post '{"numbers":[1],"rounds":1}' /process-numbers
	expect_ok '{"original_count":1,"processed_result":[4]}'
}

@test "our endpoints refuse with their own documents" {
	call '/sum-squares?a=x'
	expect_problem_here 422 invalid '^1 fault '
	call -X PUT /sum-squares
	expect_problem_here 405 method 'answers to GET, HEAD, OPTIONS$'
	expect_header Allow 'GET, HEAD, OPTIONS'
	post x /process-numbers
	expect_problem_here 400 syntax '^Body, byte 0'
	call -X POST /faults/segv
	expect_problem_here 500 crash SIGSEGV
	call -d '{}' /faults/spin
	expect_problem_here 415 media-type
	post '{}' /faults/spin
	expect_problem_here 504 deadline 'its 1000 ms$'
}

@test "our endpoints keep their own limits" {
	head -c 1000000 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
	post "@$BATS_TEST_TMPDIR/zeros" /process-numbers
	expect_problem_here 400 syntax
	head -c 1048577 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
	post "@$BATS_TEST_TMPDIR/zeros" /faults/segv
	expect_problem_here 413 body-too-large
}

@test "a pool that is gone is our 503, not the page of the site" {
	mv "$sandbox/state/heavy.sock" "$sandbox/state/away.sock"
	post '{"numbers":[1]}' /process-numbers
	mv "$sandbox/state/away.sock" "$sandbox/state/heavy.sock"
	expect_problem_here 503 busy
}

@test "the docs page and its document are served" {
	while read -r target type; do
		call "$target"
		expect_status 200
		expect_header Content-Type "$type"
		expect_header Cache-Control no-cache
	done <<-'FILES'
		/docs                      text/html; charset=utf-8
		/docs/docs.js              text/javascript
		/docs/swagger-ui.css       text/css
		/docs/favicon-16x16.png    image/png
		/docs/LICENSE              text/plain; charset=utf-8
		/openapi.json              application/json
	FILES
	expect_json '.paths | has("/sum-squares") and has("/faults/segv")'
	call --location /docs/
	grep -q '<title>Millrace</title>' "$body"
}

# A reply of the site, on which Millrace has left no mark.
expect_theirs() { # STATUS TYPE BODY
	expect_status "$1"
	expect_header Content-Type "$2"
	expect_body "$3"
	expect_header X-Request-Id ''
}

@test "files of the site are served as before" {
	call /home.html
	expect_theirs 200 text/html '<h1>home</h1>'
	expect_header X-Frame-Options DENY
	call /assets/site.css
	expect_theirs 200 text/css 'body {}'
	expect_header Cache-Control max-age=3600
}

@test "errors of the site have the pages of the site" {
	call /nope
	expect_theirs 404 text/html '<h1>ours: not found</h1>'
	call /sum-squares/nope
	expect_theirs 404 text/html '<h1>ours: not found</h1>'
	call /_millrace/404
	expect_theirs 404 text/html '<h1>ours: not found</h1>'
	call /index.php
	expect_theirs 502 text/html '<h1>ours: broken</h1>'
}

@test "limits and refusals of the site are those of nginx" {
	head -c 100000 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
	post "@$BATS_TEST_TMPDIR/zeros" /home.html
	expect_status 413
	expect_header Content-Type text/html
	call -X POST /home.html
	expect_status 405
	expect_header Content-Type text/html
	expect_header Allow ''
}

@test "another server of the same nginx is left alone" {
	call -H 'Host: other' /sum-squares
	expect_status 404
	expect_header Content-Type text/html
	expect_header X-Request-Id ''
}
