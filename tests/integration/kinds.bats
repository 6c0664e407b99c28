#!/usr/bin/env bats
# kinds.bats: every kind of value there and back, and all that can be wrong.

load helper
load own_site

repeat() { # TIMES TEXT
	printf "$2%.0s" $(seq "$1")
}

faults_of_reply() {
	jq -c '.errors[] | [(.loc | join(".")), .type, .ctx]' "$body"
}

# As the server writes it: what it gives back of it is the same.
good='{"integer":-9223372036854775808,"number":5e-324,"flag":true,'
good+='"text":"a\u0000\"é😀","colour":"blue","bytes":"AP/+","integers":[-100,0,100],'
good+='"numbers":[0.5,1e+300,123456789.25],"matrix":[[1,-0,0.5],[-10,10,0]],'
good+='"origin":{"x":-1000,"y":0.25},"paths":[{"name":"p","points":[{"x":1,"y":2},'
good+='{"x":3,"y":4}],"marks":[0,99]},{"name":"ü","points":[],"marks":[]}]}'

@test "every kind comes back as it came" {
	post "$good" /kinds
	expect_ok "$good"
}

@test "every kind comes back whatever way it was written" {
	post "$(jq -c 'to_entries | reverse | from_entries
		| .integer = 1 | .number = 1 | .numbers = []' <<<"$good" |
		sed 's/,/ ,\n\t/g; s/:/ : /g; s/"number" : 1/"\\u006eumber" : 10E-1/')" /kinds
	expect_status 200
	expect_json '.integer == 1 and .number == 1 and .numbers == []'
	expect_json '.matrix == [[1, 0, 0.5], [-10, 10, 0]] and .paths[0].points[1].y == 4'
	expect_json 'keys_unsorted == ["integer", "number", "flag", "text", "colour", "bytes",
		"integers", "numbers", "matrix", "origin", "paths"]'
}

@test "numbers are exact at the ends of their types" {
	while read -r number integer double; do
		for field in integer number; do
			post "$(jq -c '.number = 0 | .integer = 0' <<<"$good" |
				sed "s/\"$field\":0/\"$field\":$number/")" /kinds
			[ $field = integer ] && expected=$integer || expected=$double
			if [[ $expected =~ ^[a-z_]+$ ]]; then
				expect_problem_here 422 invalid
				expect_json "[.errors[] | .loc[1], .type] == [\"$field\", \"$expected\"]"
			else
				expect_status 200
				grep -qF "\"$field\":$expected," "$body" || fail "$field $number: $(cat "$body")"
			fi
		done
	done <<-'CASES'
		-0                    0                    -0
		0.0                   int_from_float       0
		1E400                 int_from_float       finite_number
		-1E400                int_from_float       finite_number
		5e-324                int_from_float       5e-324
		9007199254740993      9007199254740993     9007199254740992
		9223372036854775807   9223372036854775807  9223372036854775808
		-9223372036854775808  -9223372036854775808 -9223372036854775808
		9223372036854775808   int_parsing_size     9223372036854775808
		1e-99999999999        int_from_float       0
		1e99999999999         int_from_float       finite_number
		0e99999999999         int_from_float       0
		"1"                   int_type             float_type
		null                  int_type             float_type
	CASES
}

@test "all faults of a body are told at once, at every depth" {
	post '{"integer":1.5,"flag":"yes","text":"","colour":"pink","bytes":"AA=A",
		"integers":[1],"numbers":[0.25,null],"matrix":[[1,2],[3,3,3],[4,4],[5,60]],
		"origin":{"y":2000},"paths":[{"name":"","points":[{"x":"1"},7]},
		{"nmae":"x","points":{},"marks":[0,100]}],"colr":1}' /kinds
	expect_problem_here 422 invalid '^20 faults '
	diff <(faults_of_reply) - <<-'FAULTS'
		["body.integer","int_from_float",null]
		["body.flag","bool_type",null]
		["body.colour","enum",{"expected":"'red', 'green' or 'blue'"}]
		["body.bytes","base64_decode",null]
		["body.numbers.0","greater_than_equal",{"ge":0.5}]
		["body.numbers.1","float_type",null]
		["body.matrix.1","row_length",{"length":2}]
		["body.matrix.3.1","less_than_equal",{"le":10}]
		["body.matrix","too_long",{"max_length":3}]
		["body.origin.y","less_than_equal",{"le":1000}]
		["body.origin.x","missing",null]
		["body.paths.0.name","string_too_short",{"min_length":1}]
		["body.paths.0.points.0.x","float_type",null]
		["body.paths.0.points.1","model_attributes_type",null]
		["body.paths.1.nmae","extra_forbidden",{"nearest":"name"}]
		["body.paths.1.points","list_type",null]
		["body.paths.1.marks.1","less_than_equal",{"le":99}]
		["body.paths.1.name","missing",null]
		["body.colr","extra_forbidden",{"nearest":"colour"}]
		["body.number","missing",null]
	FAULTS
	expect_json 'all(.errors[]; .msg | length > 10)'
}

@test "more than twenty faults are counted, and the list says so" {
	post "{\"paths\":[$(repeat 2 '{},')$(repeat 30 '{"name":"p","points":[{}]},'){}]}" /kinds
	expect_problem_here 422 invalid
	expect_json '(.errors | length) == 20 and .truncated == true'
	expect_json '.errors[19].loc == ["body", "paths", 17, "points", 0, "x"]'
}

@test "a key that stands twice is refused at every depth" {
	while read -r offset text; do
		post "$text" /kinds
		expect_problem_here 400 syntax twice
		expect_json ".offset == $offset"
	done <<-'CASES'
		13 {"integer":1,"integer":1}
		13 {"integer":1,"\u0069nteger":1}
		17 {"origin":{"x":1,"x":1}}
		17 {"origin":{"x":1,"\u0078":1}}
		37 {"paths":[{},{"points":[{"x":1,"y":1,"x":1}]}]}
	CASES
}

@test "what is not given has its default" {
	local defaults='{"integer":-5,"number":0.25,"flag":true,"text":"ü","colour":"blue",'

	defaults+='"bytes":"AAEC","integers":[1,2],"numbers":[0.5],"matrix":[[1,0],[0,1]],'
	defaults+='"origin":{"x":1,"y":0},"paths":[]}'
	post '{}' /kinds/defaults
	expect_ok "$defaults"
	post '{"integers":[],"matrix":[],"text":"","origin":{"x":2}}' /kinds/defaults
	expect_status 200
	expect_json '.integers == [] and .matrix == [] and .text == "" and .origin == {"x": 2, "y": 0}'
	post '{"integer":null}' /kinds/defaults
	expect_problem_here 422 invalid
}

@test "what may be null or left out comes back so" {
	while IFS='|' read -r input output; do
		post "$input" /kinds/maybe
		expect_ok "$output"
	done <<-'CASES'
		{"or_null":null}|{"maybe":null,"or_null":null,"point":null,"text":"none"}
		{"or_null":0}|{"maybe":null,"or_null":0,"point":null,"text":"none"}
		{"or_null":1,"or_absent":0}|{"maybe":null,"or_null":1,"or_absent":0,"point":null,"text":"none"}
		{"maybe":null,"or_null":1,"point":null,"text":null}|{"maybe":null,"or_null":1,"point":null,"text":null}
		{"maybe":0.5,"or_null":1,"point":{"x":1},"text":""}|{"maybe":0.5,"or_null":1,"point":{"x":1,"y":0},"text":""}
	CASES
	while read -r input place type; do
		post "$input" /kinds/maybe
		expect_problem_here 422 invalid
		expect_json "[.errors[] | [.loc, .type]] == [[$place, \"$type\"]]"
	done <<-'CASES'
		{}                                 ["body","or_null"]   missing
		{"or_null":1,"or_absent":null}     ["body","or_absent"] float_type
		{"or_null":null,"point":{}}        ["body","point","x"] missing
		{"or_null":null,"point":{"x":null}} ["body","point","x"] float_type
		{"or_null":2}                      ["body","or_null"]   less_than_equal
	CASES
}

@test "a query string holds every kind that is flat" {
	call '/kinds/query?integer=-5&number=1e-1&maybe=1&flag=true&text=a%20%22%C3%BC&colour=red&bytes=%2B%2F8%3D&integers=1&integers=-2&numbers=0.5&numbers=5e-324'
	expect_ok '{"integer":-5,"number":0.1,"maybe":1,"flag":true,"text":"a \"ü","colour":"red","bytes":"+/8=","integers":[1,-2],"numbers":[0.5,5e-324]}'
	call '/kinds/query?integer=0'
	expect_ok '{"integer":0,"number":0.25,"maybe":null,"flag":false,"text":"","colour":"green","bytes":"","integers":[],"numbers":[]}'
	call '/kinds/query?number=x&maybe=&flag=1&text=12345678901&colour=Red&bytes=A&integers=1&integers=1.5&numbers=11&colr=1'
	expect_problem_here 422 invalid '^10 faults '
	diff <(faults_of_reply) - <<-'FAULTS'
		["query.number","float_parsing",null]
		["query.maybe","float_parsing",null]
		["query.flag","bool_parsing",null]
		["query.text","string_too_long",{"max_length":10}]
		["query.colour","enum",{"expected":"'red', 'green' or 'blue'"}]
		["query.bytes","base64_decode",null]
		["query.integers.1","int_from_float",null]
		["query.numbers.0","less_than_equal",{"le":10}]
		["query.colr","extra_forbidden",{"nearest":"colour"}]
		["query.integer","missing",null]
	FAULTS
}

@test "a base64 plus in a query string is a plus only if it is encoded" {
	call '/kinds/query?integer=0&bytes=+/8='
	expect_problem_here 422 invalid
	expect_json '[.errors[] | .loc[1], .type] == ["bytes", "base64_decode"]'
}

@test "long arrays come back as they came" {
	local values

	values=$(seq -s , -- -9223372036854775808 4611686018427387 9223372036854775807)
	echo "{\"values\":[$values],\"scale\":0.5}" | tr -d '\n' >"$BATS_TEST_TMPDIR/sent"
	post "@$BATS_TEST_TMPDIR/sent" /kinds/int64s
	expect_status 200
	cmp "$body" "$BATS_TEST_TMPDIR/sent"
	values=$(seq -f '%.17g' -s , 0.5 0.25 20000)
	echo "{\"values\":[$values],\"scale\":10}" | tr -d '\n' >"$BATS_TEST_TMPDIR/sent"
	post "@$BATS_TEST_TMPDIR/sent" /kinds/doubles
	expect_status 200
	cmp "$body" "$BATS_TEST_TMPDIR/sent"
}

@test "base64 is taken strictly" {
	while read -r text type; do
		post "{\"values\":\"$text\"}" /kinds/bytes
		if [ -z "$type" ]; then
			expect_ok "{\"values\":\"$text\",\"scale\":1}"
		else
			expect_problem_here 422 invalid
			expect_json "[.errors[].type] == [\"$type\"]"
		fi
	done <<-'CASES'
		Zg==
		Zm9v
		Zg       base64_decode
		Zg=      base64_decode
		Zh==     base64_decode
		Zm9=     base64_decode
		Zm9v\n   base64_decode
		Zm\u0020v base64_decode
		__8=     base64_decode
		Zg==Zg== base64_decode
	CASES
	post '{"values":""}' /kinds/bytes
	expect_ok '{"values":"","scale":1}'
}

@test "a matrix has rows of one length" {
	while read -r text faults_; do
		post "{\"values\":$text}" /kinds/matrix
		if [ "$faults_" = - ]; then
			expect_ok "{\"values\":$text,\"scale\":1}"
		else
			expect_problem_here 422 invalid
			expect_equal faults "$(jq -c '[.errors[] | (.loc[2:] | join(".")), .type]' "$body")" \
				"$faults_"
		fi
	done <<-'CASES'
		[[1]]               -
		[[1,2],[3,4],[5,6]] -
		[]                  ["","too_short"]
		[[]]                ["0","too_short"]
		[[],[]]             ["0","too_short","1","too_short"]
		[[1],[]]            ["1","too_short"]
		[[],[1],[1,2]]      ["0","too_short","2","row_length"]
		[[1],[2,3],[4]]     ["1","row_length"]
		[1,2]               ["0","list_type","1","list_type"]
		[{},[1],[2,3]]      ["0","list_type","2","row_length"]
		[[1,[2]]]           ["0.1","float_type"]
		"x"                 ["","list_type"]
	CASES
}

@test "a result that is not finite is null where that is declared" {
	call '/kinds/results?value=0.5'
	expect_ok '{"value":0.5,"values":[0,0.5],"colour":"red"}'
	call '/kinds/results?value=0.5&as_null=true&colour=green'
	expect_ok '{"value":null,"values":[0,null],"colour":"green"}'
}

@test "a result that cannot be written is a 500 that names the field" {
	call '/kinds/results?value=0.5&colour=blue'
	expect_problem_here 500 result colour
}

@test "every type of fault stands in the README, and no other" {
	local rows

	rows=$(grep -E '^[[:space:]]*X\(' "$repository/lib/schema/fault.h")
	sed -nE 's/^[[:space:]]*X\([A-Z_0-9]+, "([a-z_0-9]+)".*/\1/p' <<<"$rows" >"$BATS_TEST_TMPDIR/types"
	expect_equal 'rows that were understood' "$(wc -l <"$BATS_TEST_TMPDIR/types")" "$(wc -l <<<"$rows")"
	[ "$(wc -l <<<"$rows")" -gt 30 ]
	sed -n '/^| `type` |/,/^$/p' "$repository/README.md" | tail -n +3 | cut -d '|' -f 2 |
		grep -oE '[a-z_0-9]+' | sort >"$BATS_TEST_TMPDIR/documented"
	diff <(sort -u "$BATS_TEST_TMPDIR/types") "$BATS_TEST_TMPDIR/documented"
}
