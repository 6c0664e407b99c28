#!/usr/bin/env bats
# operate.bats: what an operator orders of a running server, and sees of it.

load helper
load server

setup() {
	make_sandbox
}

teardown() {
	remove_sandbox
}

# Runs a command about the server; $status, $output and $stderr are its.
order() { # COMMAND [OPTIONS]
	run --separate-stderr timeout 60 "$millrace" "$1" --state "$sandbox/state" "${@:2}" </dev/null
}

expect_said() { # STATUS OUTPUT ERROR, PATTERNS OF ALL OF IT
	[ "$status" = "$1" ] || fail "status $status, not $1: $output $stderr"
	[[ $output =~ ^$2$ ]] || fail "printed '$output', not '$2'"
	[[ $stderr =~ ^$3$ ]] || fail "said '$stderr', not '$3'"
}

# Orders

@test "reload tells when the new configuration serves" {
	start_ready_server $'[pool fast]\nworkers = 2'
	order reload
	expect_said 0 'generation 2 serves' ''
	sed -i 's/workers = 2/workers = 3/' "$sandbox/site.ini"
	order reload
	expect_said 0 'generation 3 serves' ''
	order top
	[[ $output =~ $'\n'fast\ [^$'\n']*\ 3/3\  ]] || fail "$output"
	stop_server
}

@test "without a server every order says so" {
	for command in reload reopen; do
		order $command
		expect_said 1 '' "millrace: no server runs in $sandbox/state; .*"
	done
	order top
	expect_said 1 '' "millrace: $sandbox/state/control.sock: nobody listens.*running\?"
	start_ready_server $'[pool fast]\nworkers = 2'
	stop_server
	for command in reload reopen; do # a lock that is left and not held
		order $command
		expect_said 1 '' "millrace: no server runs in $sandbox/state; .*"
	done
}

@test "reload does not wait for a server whose status cannot be seen" {
	start_ready_server
	rm "$sandbox/state/control.sock"
	order reload
	expect_said 1 '' "millrace: told process $master to reload, but cannot see .*running\?"
	eventually server_says ' Ready\. .* generation=2'
	stop_server
}

@test "orders find a control pool that listens on TCP" {
	port=$(random_port)
	start_ready_server "
		[pool control]
		listen = 127.0.0.1:$port
		allowed_clients = 127.0.0.1"
	order reload --config "$sandbox/site.ini"
	expect_said 0 'generation 2 serves' ''
	stop_server
	order top --config "$sandbox/site.ini"
	expect_said 1 '' "millrace: 127.0.0.1:$port: nobody listens.*"
}

# top

@test "a server is found by its state directory alone, wherever its sockets are" {
	start_ready_server '' --sockets "$sandbox/elsewhere"
	order top
	[ "$status" = 0 ] || fail "$stderr"
	[[ $output == *" pid $master "* ]]
	order reload
	expect_said 0 'generation 2 serves' ''
	stop_server
}

@test "top prints one snapshot where there is no terminal" {
	start_ready_server $'[pool fast]\nworkers = 2'
	order top
	[ "$status" = 0 ] || fail "$stderr"
	[[ ${lines[0]} =~ ^millrace\ [0-9.]+\ \ pid\ $master\ \ up\ .*\ generation\ 1$ ]] ||
		fail "$output"
	for row in 'POOL  ' 'fast  ' 'heavy  ' 'control  ' 'WORKER  ' 'fast/0  ' 'control/0  '; do
		grep -q "^$row" <<<"$output" || fail "no $row: $output"
	done
	[[ $output != *$'\033'* ]] || fail 'escapes'
	stop_server
}

# Runs top on a terminal of 20 rows of 70 columns; the script is Python on it.
on_terminal() { # SCRIPT
	cat >"$sandbox/terminal.py" <<-'PYTHON'
		import fcntl, os, pty, re, select, signal, struct, sys, termios, time

		master, slave = pty.openpty()
		patience = time.monotonic() + 30
		seen = ""

		def resize(rows, columns):
		    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

		def expect(pattern):
		    global seen
		    while not (found := re.search(pattern, seen, re.S)):
		        assert time.monotonic() < patience, (pattern, seen[-2000:])
		        if select.select([master], [], [], 1)[0]:
		            seen += os.read(master, 65536).decode()
		    seen = seen[found.end():]
		    return found

		def type(keys):
		    os.write(master, keys)

		resize(20, 70)
		before = termios.tcgetattr(slave)
		pid = os.fork()
		if pid == 0:
		    os.setsid()
		    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
		    for fd in range(3):
		        os.dup2(slave, fd)
		    os.execv(sys.argv[2], sys.argv[2:])
		expect(r"\x1b\[\?1049h")
		# What is drawn at once: from the top to the clearing of the rest.
		SCREEN = r"\x1b\[H(.*?)\x1b\[J"
		exec(sys.argv[1])
		expect(r"\x1b\[\?25h\x1b\[\?1049l")
		_, status = os.waitpid(pid, 0)
		assert os.waitstatus_to_exitcode(status) == 0, status
		assert termios.tcgetattr(slave) == before, "the terminal is changed"
	PYTHON
	timeout 60 python3 "$sandbox/terminal.py" "$1" "$millrace" top --state "$sandbox/state"
}

@test "top fills a terminal, afresh each second, and leaves it as it was" {
	start_ready_server $'[pool fast]\nworkers = 2'
	on_terminal '
first = expect(SCREEN).group(1)
assert "POOL" in first and "fast/0" in first, first
expect(SCREEN)
later = expect(SCREEN).group(1)
control = re.search(r"\ncontrol .*", later).group(0)
assert re.search(r" 1/1 +0 +1 +\d+ +\d+ +[1-9]\d* ", control), control
type(b"q")'
	stop_server
}

@test "top ends by Ctrl-C, by signals and with its terminal" {
	start_ready_server $'[pool fast]\nworkers = 2'
	on_terminal 'expect(SCREEN); type(b"\x03")'
	on_terminal 'expect(SCREEN); os.kill(pid, signal.SIGTERM)'
	on_terminal 'expect(SCREEN); os.kill(pid, signal.SIGINT)'
	stop_server
}

@test "top fits the terminal, and follows when its size changes" {
	start_ready_server $'[pool fast]\nworkers = 2'
	on_terminal '
def measure(screen):
    lines = re.sub(r"\x1b\[[0-9;]*[mK]", "", screen).split("\r\n")
    return len(lines), max(map(len, lines))
rows, columns = measure(expect(SCREEN).group(1))
assert rows <= 20 and columns <= 70, (rows, columns)
resize(5, 30)
while rows > 5 or columns > 30:
    rows, columns = measure(expect(SCREEN).group(1))
assert rows == 5 and columns == 30, (rows, columns)
type(b"q")'
	stop_server
}

@test "top goes on when the server is gone, and when another one is there" {
	start_ready_server $'[pool fast]\nworkers = 2'
	on_terminal "
import subprocess
expect(SCREEN)
os.kill($master, signal.SIGKILL)
expect(r'No news: ')
second = subprocess.Popen(['$millrace', 'serve', '--state', '$sandbox/state',
    '--config', '$sandbox/site.ini'], cwd='$sandbox', start_new_session=True,
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
expect(r'H(?:(?!No news).)*?generation 1(?:(?!No news).)*?\x1b\[J')
type(b'q')
second.terminate()
assert second.wait(30) == 0"
	wait_for "$master"
}
