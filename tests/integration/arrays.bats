#!/usr/bin/env bats
# arrays.bats: arrays in binary through nginx, from files that NumPy wrote (see
# tests/data/npy/make.py) or would have written, and back byte for byte.

load helper
load own_site

files=$repository/tests/data/npy
json=application/json
npy=application/x-npy
raw=application/octet-stream

# Sends a file; what comes back should be of the type, or *.
exchange() { # TYPE FILE ACCEPT TARGET [CURL'S ARGUMENTS]
	call -H "Content-Type: $1" -H "Accept: $3" --data-binary "@$2" "${@:5}" "$4"
}

expect_file() { # TYPE FILE
	expect_status 200
	expect_header Content-Type "$1"
	expect_header Content-Length "$(stat -c %s "$2")"
	cmp "$body" "$2"
}

# Little-endian numbers, 8 bytes each: integers (q), or doubles (d).
pack() { # q|d NUMBER...
	python3 -c '
import struct, sys
kind, *texts = sys.argv[1:]
numbers = [int(text) if kind == "q" else
           float.fromhex(text) if "0x" in text else float(text)
           for text in texts]
sys.stdout.buffer.write(struct.pack(f"<{len(numbers)}{kind}", *numbers))' "$@"
}

# What NumPy writes before the data.
npy_header() { # DESCR SHAPE
	printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' \
		"{'descr': '$1', 'fortran_order': False, 'shape': $2, }"
}

npy_of() { # q|d NUMBER...
	if [ "$1" = q ]; then
		npy_header '<i8' "($(($# - 1)),)"
	else
		npy_header '<f8' "($(($# - 1)),)"
	fi
	pack "$@"
}

# Files of NumPy

@test "the header that we compare with is NumPy's" {
	head -c 128 "$files/i8.npy" | cmp - <(npy_header '<i8' '(5,)')
	head -c 128 "$files/matrix.npy" | cmp - <(npy_header '<f8' '(2, 3)')
}

@test "a file of NumPy comes back as it was" {
	while read -r name target; do
		exchange $npy "$files/$name.npy" $npy "/kinds/$target"
		expect_file $npy "$files/$name.npy"
	done <<-CASES
		i8            int64s
		empty_i8      int64s
		f8            doubles
		empty_f8      doubles
		version_1     doubles
		matrix        matrix
		matrix_column matrix
	CASES
	for version in 2 3; do
		exchange $npy "$files/version_$version.npy" $npy /kinds/doubles
		expect_file $npy "$files/version_1.npy"
	done
	exchange $npy "$files/matrix_i4.npy" $npy /kinds/matrix
	npy_header '<f8' '(2, 3)' | cmp -n 128 - "$body"
	tail -c 48 "$body" | cmp - <(pack d {0..5})
}

@test "integers of every size become int64 and float64" {
	local file=$BATS_TEST_TMPDIR/expected

	while read -r name numbers; do
		npy_of q $numbers >"$file"
		exchange $npy "$files/$name.npy" $npy /kinds/int64s
		expect_file $npy "$file"
		[ "$name" != i8 ] || continue
		npy_of d $numbers >"$file"
		exchange $npy "$files/$name.npy" $npy /kinds/doubles
		expect_file $npy "$file"
	done <<-CASES
		i1 -128 -1 0 1 127
		i2 -32768 -1 0 1 32767
		i4 -2147483648 -1 0 1 2147483647
		i8 -9223372036854775808 -1 0 1 9223372036854775807
		u1 0 1 128 255
		u2 0 1 32768 65535
		u4 0 1 2147483648 4294967295
	CASES
}

@test "numbers of every size become float64" {
	local file=$BATS_TEST_TMPDIR/expected

	while read -r name numbers; do
		npy_of d $numbers >"$file"
		exchange $npy "$files/$name.npy" $npy /kinds/doubles
		expect_file $npy "$file"
	done <<-CASES
		f2 -0x0p0 0x1p0 0x1p-24 0x1p-14 -0x1.ffcp15 0x1.554p-2
		f4 -0x0p0 0x1p0 0x1p-149 0x1p-126 -0x1.fffffep127 0x1.555556p-2
		f8 -0x0p0 0x1p0 0x1p-1074 0x1p-1022 -0x1.fffffffffffffp1023 0x1.5555555555555p-2
	CASES
}

# What each file is to an endpoint of each kind: taken (ok), or its faults.
verdicts() {
	cat <<-TABLE
		b1             dtype                  dtype                dtype,dimensions
		big_f8         dtype                  dtype                dtype,dimensions
		big_i8         dtype                  dtype                dtype,dimensions
		bytes          dtype                  dtype                dtype,dimensions
		c16            dtype                  dtype                dtype,dimensions
		cube           dtype,dimensions       dimensions           dimensions
		dates          dtype                  dtype                dtype,dimensions
		deep           dtype,dimensions       dimensions           dimensions
		empty_f8       dtype                  ok                   dimensions
		empty_i8       ok                     dtype                dtype,dimensions
		f2             dtype                  ok                   dimensions
		f2_not_finite  dtype                  finite,finite,finite dimensions
		f4             dtype                  ok                   dimensions
		f4_not_finite  dtype                  finite,finite,finite dimensions
		f8             dtype                  ok                   dimensions
		f8_not_finite  dtype                  finite,finite,finite dimensions
		i1             ok                     ok                   dimensions
		i2             ok                     ok                   dimensions
		i4             ok                     ok                   dimensions
		i8             ok                     dtype                dtype,dimensions
		matrix         dtype,dimensions       dimensions           ok
		matrix_column  dtype,dimensions       dimensions           ok
		matrix_fortran dtype,order,dimensions order,dimensions     order
		matrix_i4      dimensions             dimensions           ok
		no_columns     dtype,dimensions       dimensions           too_short
		no_rows        dtype,dimensions       dimensions           too_short
		object         dtype                  dtype                dtype,dimensions
		record         dtype                  dtype                dtype,dimensions
		record_nested  dtype                  dtype                dtype,dimensions
		record_utf8    dtype                  dtype                dtype,dimensions
		scalar         dtype,dimensions       dimensions           dimensions
		text           dtype                  dtype                dtype,dimensions
		u1             ok                     ok                   dimensions
		u2             ok                     ok                   dimensions
		u4             ok                     ok                   dimensions
		u8             dtype                  dtype                dtype,dimensions
		version_1      dtype                  ok                   dimensions
		version_2      dtype                  ok                   dimensions
		version_3      dtype                  ok                   dimensions
	TABLE
}

expect_verdict() { # VERDICT
	if [ "$1" = ok ]; then
		expect_status 200
	else
		expect_problem_here 422 invalid
		expect_equal faults "$1" "$(json '[.errors[].type | ltrimstr("array_") |
			rtrimstr("_number")] | join(",")')"
		expect_json 'all(.errors[].loc; .[:2] == ["body", "values"])'
	fi
}

@test "every file of NumPy is taken, or refused for what it is" {
	(cd "$files" && printf '%s\n' *.npy) | diff - <(verdicts | sed 's/ .*/.npy/')
	while read -r name int64s doubles matrix; do
		for target in int64s doubles matrix; do
			exchange $npy "$files/$name.npy" '*/*' "/kinds/$target"
			expect_verdict "${!target}"
		done
	done < <(verdicts)
}

@test "a number that is not finite is told by its place" {
	exchange $npy "$files/f4_not_finite.npy" $npy /kinds/doubles
	expect_json '[.errors[].loc[2]] == [1, 2, 3]'
}

@test "a file that is malformed is refused with the byte" {
	local file=$BATS_TEST_TMPDIR/file

	while IFS='|' read -r length tail detail; do
		head -c "$length" "$files/i8.npy" >"$file"
		printf "$tail" >>"$file"
		exchange $npy "$file" $npy /kinds/int64s
		expect_problem_here 400 syntax "^Body, byte $detail\$"
		expect_json '.offset == (.detail | capture("byte (?<at>[0-9]+)").at | tonumber)'
	done <<-'CASES'
		0||0: no .npy file begins like this
		5||0: no .npy file begins like this
		0|{"values":[]}|0: no .npy file begins like this
		9||9: the header ends too early
		6|\4\0v\0|6: the version is not 1.0, 2.0 or 3.0
		127||127: the header ends too early
		10|%%%116s\n|10: '[{]' was expected
		128||128: the data ends too early
		167||167: the data ends too early
		168|x|168: nothing may follow the data
	CASES
}

# Formats of body and result

@test "an array goes through a kernel in binary" {
	local file=$BATS_TEST_TMPDIR/file

	npy_of q 1 2 -5 >"$file"
	npy_of q 4 6 -8 >"$file.expected"
	for way in '' 'Transfer-Encoding: chunked'; do
		exchange $npy "$file" $npy '/process-numbers?rounds=1' -H "$way"
		expect_file $npy "$file.expected"
	done
	exchange $npy "$file" $npy /process-numbers
	expect_status 200
	cp "$body" "$file.default"
	exchange $npy "$file" $npy '/process-numbers?rounds=1000'
	expect_file $npy "$file.default"
}

@test "formats of body and result are independent" {
	local way accept place=$BATS_TEST_TMPDIR

	echo '{"values":[1,-2],"scale":0.5}' >"$place/json"
	pack q 1 -2 >"$place/raw"
	npy_of q 1 -2 >"$place/npy"
	for way in json npy raw; do
		for accept in npy raw; do
			exchange "${!way}" "$place/$way" "${!accept}" /kinds/int64s
			expect_file "${!accept}" "$place/$accept"
		done
	done
	exchange $json "$place/json" $json /kinds/int64s
	expect_ok '{"values":[1,-2],"scale":0.5}'
	for way in npy raw; do
		exchange "${!way}" "$place/$way" $json '/kinds/int64s?scale=0.5'
		expect_ok '{"values":[1,-2],"scale":0.5}'
	done
}

@test "raw bodies come back as they were" {
	local file=$BATS_TEST_TMPDIR/file

	head -c 4096 "$millrace" >"$file.bytes"
	pack q 1 -9223372036854775808 9223372036854775807 >"$file.int64s"
	pack d 1 -0.0 0x1p-1074 0x1.fffffffffffffp1023 >"$file.doubles"
	for target in bytes int64s doubles; do
		exchange $raw "$file.$target" $raw "/kinds/$target"
		expect_file $raw "$file.$target"
		exchange $raw /dev/null $raw "/kinds/$target"
		expect_file $raw /dev/null
	done
	exchange $raw "$file.bytes" $json /kinds/bytes
	expect_ok "{\"values\":\"$(base64 -w 0 "$file.bytes")\",\"scale\":1}"
}

@test "a raw body that is no whole array is refused" {
	printf 1234567 >"$BATS_TEST_TMPDIR/file"
	exchange $raw "$BATS_TEST_TMPDIR/file" $json /kinds/int64s
	expect_problem_here 422 invalid
	expect_json '.errors[0].type == "data_length" and .errors[0].loc == ["body", "values"]'
}

@test "what JSON carries beside an array is in the query string of a binary body" {
	npy_of d 1 >"$BATS_TEST_TMPDIR/file"
	while read -r query type; do
		exchange $npy "$BATS_TEST_TMPDIR/file" $npy "/kinds/doubles?$query"
		expect_problem_here 422 invalid
		expect_json "[.errors[] | .type, .loc] == [\"$type\", [\"query\", \"${query%=*}\"]]"
	done <<-CASES
		scale=11 less_than_equal
		scale=x  float_parsing
		values=1 extra_forbidden
		other=1  extra_forbidden
	CASES
	post '{"values":[1]}' '/kinds/doubles?scale=2'
	expect_problem_here 422 invalid
	expect_json '[.errors[] | .type, .loc] == ["extra_forbidden", ["query", "scale"]]'
}

@test "a body of a type that its endpoint does not take is refused with those it takes" {
	while read -r type target detail; do
		exchange "$type" "$files/i8.npy" '*/*' "$target"
		expect_problem_here 415 media-type "^The body should be $detail\$"
	done <<-CASES
		$raw       /kinds/matrix   application/json in UTF-8 or application/x-npy
		$npy       /kinds/bytes    application/json in UTF-8 or application/octet-stream
		$npy       /kinds          application/json in UTF-8
		$raw       /kinds/maybe    application/json in UTF-8
		text/plain /kinds/int64s   application/json in UTF-8 or application/x-npy or application/octet-stream
		npy+json   /kinds/int64s   application/json in UTF-8 or application/x-npy or application/octet-stream
	CASES
}

@test "the format that is accepted best is answered" {
	while read -r type target accept; do
		exchange $raw /dev/null "$accept" "$target"
		expect_status 200
		expect_header Content-Type "$type"
		header Vary | grep -qx Accept
	done <<-CASES
		$json /kinds/int64s  */*
		$json /kinds/int64s  $npy, $json
		$npy  /kinds/int64s  $raw, $npy
		$npy  /kinds/int64s  $npy, $json;q=0.9
		$raw  /kinds/doubles $npy;q=0.5, $raw;q=0.6, $json;q=0.4
		$npy  /kinds/doubles */*;q=0.1, $json;q=0
		$raw  /kinds/doubles $json;q=0, $npy;q=0, */*
		$raw  /kinds/bytes   $npy, $raw;q=0.1
		$json /kinds/bytes   $npy, */*;q=0.1
	CASES
}

@test "who accepts none of the formats is told them" {
	while read -r target accept detail; do
		post '{"values":[]}' "$target" -H "Accept: $accept"
		expect_problem_here 406 not-acceptable "^This endpoint answers with $detail\$"
	done <<-CASES
		/kinds/int64s  text/html                   application/json in UTF-8 or application/x-npy or application/octet-stream
		/kinds/matrix  application/octet-stream    application/json in UTF-8 or application/x-npy
		/kinds/bytes   application/x-npy           application/json in UTF-8 or application/octet-stream
		/kinds/maybe   application/x-npy           application/json in UTF-8
	CASES
}

@test "a reply varies by Accept only where there is a choice" {
	post '{"values":[]}' /kinds/int64s
	header Vary | grep -qx Accept
	post '[]' /kinds/int64s
	expect_problem_here 422 invalid
	header Vary | grep -qx Accept
	call /sum-squares
	[[ ! $(header Vary) =~ Accept$ ]]
}

@test "GET and HEAD answer in binary" {
	npy_of d 0 0.5 >"$BATS_TEST_TMPDIR/file"
	call -H "Accept: $npy" '/kinds/results?value=0.5'
	expect_file $npy "$BATS_TEST_TMPDIR/file"
	call -I -H "Accept: $npy" '/kinds/results?value=0.5'
	expect_status 200
	expect_header Content-Type $npy
	expect_header Content-Length 144
	npy_of d 0 inf >"$BATS_TEST_TMPDIR/file"
	call -H "Accept: $npy" '/kinds/results?value=0.5&as_null=true'
	expect_file $npy "$BATS_TEST_TMPDIR/file"
}

@test "HEAD is no method of a path that takes arrays" {
	call -I /kinds/int64s
	expect_status 405
	expect_header Allow 'POST, OPTIONS'
}

# Codings and sizes

@test "a file in gzip is taken, with its length or chunked" {
	local file=$BATS_TEST_TMPDIR/gzip

	for name in i8 f8 matrix; do
		case $name in
		i8) target=/kinds/int64s ;;
		f8) target=/kinds/doubles ;;
		*) target=/kinds/matrix ;;
		esac
		gzip -nc "$files/$name.npy" >"$file"
		for way in '' 'Transfer-Encoding: chunked'; do
			exchange $npy "$file" $npy $target -H 'Content-Encoding: gzip' -H "$way"
			expect_file $npy "$files/$name.npy"
		done
	done
	head -c 100 "$files/i8.npy" | gzip -nc >"$file"
	exchange $npy "$file" $npy /kinds/int64s -H 'Content-Encoding: gzip'
	expect_problem_here 400 syntax '^Body, byte 100: the header ends too early$'
}

@test "a reply in binary is not in gzip" {
	npy_of d {1..1000} >"$BATS_TEST_TMPDIR/file"
	exchange $npy "$BATS_TEST_TMPDIR/file" $npy /kinds/doubles -H 'Accept-Encoding: gzip'
	expect_header Content-Encoding ''
	expect_file $npy "$BATS_TEST_TMPDIR/file"
}

# A million elements: eight digits each, which is finite as a double too.
million() {
	seq 10000001 10999999 | tr -d '\n'
	printf 11000000
}

@test "a million elements come back as they were" {
	local file=$BATS_TEST_TMPDIR/file

	million >"$file.raw"
	npy_header '<i8' '(1000000,)' | cat - "$file.raw" >"$file.int64s"
	npy_header '<f8' '(1000000,)' | cat - "$file.raw" >"$file.doubles"
	npy_header '<f8' '(500, 2000)' | cat - "$file.raw" >"$file.matrix"
	for target in int64s doubles; do
		exchange $npy "$file.$target" $npy "/kinds/$target"
		expect_file $npy "$file.$target"
		exchange $raw "$file.raw" $raw "/kinds/$target"
		expect_file $raw "$file.raw"
	done
	exchange $npy "$file.matrix" $npy /kinds/matrix -H 'Transfer-Encoding: chunked'
	expect_file $npy "$file.matrix"
	exchange $npy "$file.int64s" $npy '/process-numbers?rounds=0'
	expect_file $npy "$file.int64s"
	gzip -1nc "$file.int64s" >"$file.gz"
	exchange $npy "$file.gz" $npy '/process-numbers?rounds=0' -H 'Content-Encoding: gzip'
	expect_file $npy "$file.int64s"
}

@test "an array that is too long is refused by its bound, or by the limit of the body" {
	local file=$BATS_TEST_TMPDIR/file

	npy_header '<i8' '(2000001,)' >"$file"
	truncate -s $((128 + 2000001 * 8)) "$file"
	exchange $npy "$file" $npy /process-numbers
	expect_problem_here 422 invalid
	expect_json '[.errors[] | .type, .ctx.max_length] == ["too_long", 2000000]'
	truncate -s 48000001 "$file"
	exchange $npy "$file" $npy /process-numbers
	expect_problem_here 413 body-too-large
	gzip -1nc "$file" >"$file.gz"
	exchange $npy "$file.gz" $npy /process-numbers -H 'Content-Encoding: gzip'
	expect_problem_here 413 body-too-large \
		'^The body may have 48000000 bytes once it is inflated$'
}

# Without nginx

cgi() { # FILE TYPE ACCEPT
	write_config ''
	env -i PATH="$PATH" REQUEST_METHOD=POST SCRIPT_NAME=/kinds/int64s \
		CONTENT_TYPE="$2" HTTP_ACCEPT="$3" CONTENT_LENGTH="$(stat -c %s "$1")" \
		"$millrace" cgi --config "$sandbox/site.ini" --module "$kinds" \
		<"$1" >"$sandbox/reply"
	head=$sandbox/head
	body=$sandbox/body
	sed '/^\r$/q' "$sandbox/reply" | tr -d '\r' >"$head"
	tail -c "+$(($(sed '/^\r$/q' "$sandbox/reply" | wc -c) + 1))" "$sandbox/reply" >"$body"
	code=$(header Status)
	code=${code%% *}
}

@test "cgi takes and gives arrays in binary" {
	cgi "$files/i8.npy" $npy $npy
	expect_file $npy "$files/i8.npy"
	pack q -1 10 13 >"$BATS_TEST_TMPDIR/file"
	cgi "$BATS_TEST_TMPDIR/file" $raw $raw
	expect_file $raw "$BATS_TEST_TMPDIR/file"
	cgi "$files/i1.npy" $npy $json
	expect_ok '{"values":[-128,-1,0,1,127],"scale":1}'
}

# The README

# The first block of a language in the section "Arrays in binary", for here.
readme_block() { # LANGUAGE
	awk -v fence="\`\`\`$1" '
		/^## / { inside = $0 == "## Arrays in binary" }
		inside && /^```$/ && found { exit }
		inside && found { print }
		inside && $0 == fence { found = 1 }' "$repository/README.md" |
		sed "s/127\.0\.0\.1:8080/127.0.0.1:$port/"
}

@test "the README's call with curl answers as printed" {
	local block=$BATS_TEST_TMPDIR/block

	readme_block console >"$block"
	# A command goes on after a backslash; what follows is its answer.
	awk '/^\$ / { going = 1; sub(/^\$ /, "") } going { print } !/\\$/ { going = 0 }' \
		"$block" >"$block.sh"
	[ -s "$block.sh" ]
	run -0 bash "$block.sh"
	expect_equal answer "$output" "$(tail -n 1 "$block")"
}

@test "the README's call with NumPy answers" {
	/usr/bin/python3 -c 'import numpy' || skip 'there is no python3-numpy'
	{
		readme_block python
		echo 'print(processed.dtype, processed.shape, *processed[:2])'
	} >"$BATS_TEST_TMPDIR/block.py"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/block.py")" -gt 3 ]
	run -0 /usr/bin/python3 "$BATS_TEST_TMPDIR/block.py"
	expect_equal answer "$output" 'int64 (1000000,) 2046 3070'
}
