# browser.bash: a browser without a window, driven by the WebDriver protocol.
# It runs in the sandbox of helper.bash, and its profile lies there.

# Starts chromedriver on a port that is free, and a browser, whose session has
# the address $browser.  The browser finds no host but this one.
start_browser() {
	local log=$sandbox/chromedriver.log session

	background "$log" env HOME="$sandbox" TMPDIR="$sandbox" chromedriver --port=0
	export chromedriver=$started
	eventually grep -q 'successfully on port' "$log"
	browser=http://127.0.0.1:$(grep -oP 'successfully on port \K\d+' "$log")
	session=$(browse session "$(wanted_session)" | jq -r .sessionId)
	export browser=$browser/session/$session
}

wanted_session() {
	jq -n --arg profile "$sandbox/profile" '{ capabilities: { alwaysMatch: {
		browserName: "chrome",
		"goog:loggingPrefs": { browser: "ALL" },
		"goog:chromeOptions": { args: [
			"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
			"--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
			"--disable-background-networking", "--disable-component-update",
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
			"--user-data-dir=" + $profile, "--window-size=1280,1024"
		] }
	} } }'
}

stop_browser() {
	[ -n "${chromedriver:-}" ] || return 0
	curl -sS --max-time "$PATIENCE" -X DELETE -o "$sandbox/closed" "$browser"
	kill -TERM "$chromedriver"
	eventually is_gone "$chromedriver"
}

# A command of the protocol; prints what it returns, JSON.
browse() { # PATH [PARAMETERS]
	local curl=(curl -sS --fail-with-body --max-time "$PATIENCE") answer

	[ $# -lt 2 ] || curl+=(-H 'Content-Type: application/json' --data "$2")
	answer=$("${curl[@]}" "$browser/$1") || {
		fail "$answer"
		return 1
	}
	jq -c .value <<<"$answer"
}

open_page() { # PATH
	browse url "$(jq -n --arg url "$url$1" '{ $url }')"
}

# The value of an expression in the page, JSON.
evaluate() { # JAVASCRIPT
	browse execute/sync "$(jq -n --arg text "$1" \
		'{ script: ("return " + $text), args: [] }')"
}

# Elements are named by CSS selectors.

element() { # SELECTOR
	browse element "$(jq -n --arg value "$1" \
		'{ using: "css selector", $value }')" | jq -r '.[]'
}

shows() { # SELECTOR
	[ "$(evaluate "document.querySelector(${1@Q}) !== null")" = true ]
}

click() { # SELECTOR
	browse "element/$(element "$1")/click" '{}'
}

# In place of what is there: Control and A come first.
type_in() { # SELECTOR TEXT
	browse "element/$(element "$1")/value" "$(jq -n --arg text "$2" \
		'{ text: ("\ue009a\ue000" + $text) }')"
}

text_of() { # SELECTOR
	browse "element/$(element "$1")/text" | jq -r .
}
