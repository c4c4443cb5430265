/*
 * pulse.js - the page of pulse-web: what the jobs do, and what may be done
 * about it.
 *
 * Parts, in this order: words and elements; what is known; the API; the live
 * link; acts; the views, each a member of `views`; the frame around them.
 *
 * Whatever comes from the server becomes text by make() and put() alone, never
 * markup.  The address behind `#/` names the view and its filters; behind
 * `#pulse_` stands a token, which is taken out of it at once.
 *
 * Hooks, for tests and for styles:
 *   html[data-link]      joining, socket, stream, poll, lost, out (signed out)
 *   html[data-role]      viewer, operator, admin; none before sign-in
 *   html[data-view]      jobs, job, runs, run, failures, rejects, ...
 *   #link #banners #emergency #theme #help #toasts #say #ask #title #zone
 *   #views a[data-view]  the navigation
 *   #signin              the form; #token its field
 *   .banner[data-about]  link, latch, held, scheduler
 *   [data-job=CLIENT.JOB]  a row of jobs; with data-state, data-tone; in it
 *     .state .note .strip [role=progressbar] .far-text .last .next
 *   button[data-action]  start stop pause resume more put-back,
 *     emergency-stop, orchestrator-start, undo, close, retry-link, again, copy,
 *     more-rows, save-csv, save-json, breaker-open -closed -auto
 *   #chips button[data-filter]  a state, or client:N; #find the text
 *   .sheet tr            the tables of runs, failures, rejects, health
 *   [data-integration=CLIENT.NAME]  a card of services
 *   .log .line[data-n]   the lines in sight; .log-about says how many there are,
 *     #log-find; [data-action] log-end (N new lines) copy-log download-log
 *     find-next find-previous
 *   #who                 the caller, with [data-action=sign-out]
 *   #ask [data-action=do], [data-action=cancel], #ask-verb, #ask-reason,
 *     #ask-word, #ask-force, #ask-replace
 */
'use strict';

/* --- words and elements --------------------------------------------------- */

/* The tools write these as \xNN as well: bytes that steer a terminal, and
 * marks that turn the direction of writing. */
const steering = new RegExp('[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u061c' +
	'\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]', 'g');
const utf8 = new TextEncoder();

function shown(text) {
	return String(text).replace(steering, mark => Array.from(
		utf8.encode(mark),
		byte => '\\x' + byte.toString(16).padStart(2, '0')).join(''));
}

/* value false or null: without it; a function: what is called on the event. */
function dress(node, name, value) {
	if (typeof value === 'function')
		node.addEventListener(name, value);
	else if (value === null || value === undefined || value === false)
		node.removeAttribute(name);
	else if (node.getAttribute(name) !== String(value === true ? '' : value))
		node.setAttribute(name, value === true ? '' : shown(value));
}

function make(name, looks, ...inner) {
	const node = document.createElement(name);

	for (const key of Object.keys(looks || {}))
		dress(node, key, looks[key]);
	for (const part of inner.flat(4))
		if (part !== null && part !== undefined && part !== false)
			node.append(part instanceof Node ? part : shown(part));
	return node;
}

/* Replaces the text of an element that holds nothing else, in place: a
 * selection in it stays when nothing changes. */
function put(node, text) {
	const words = shown(text === null || text === undefined ? '' : text);
	const only = node.firstChild;

	if (only === null)
		words !== '' && node.append(words);
	else if (only.data !== words)
		only.data = words;
	return node;
}

const vector = 'http://www.w3.org/2000/svg';

function shape(name, looks, ...inner) {
	const node = document.createElementNS(vector, name);

	for (const key of Object.keys(looks))
		dress(node, key, looks[key]);
	node.append(...inner);
	return node;
}

function icon(name) {
	return shape('svg', { class: 'icon', 'aria-hidden': 'true' },
		shape('use', { href: '#i-' + name }));
}

function button(words, action, call, looks) {
	return make('button', { type: 'button', 'data-action': action,
		click: call, ...looks }, words);
}

const whole = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

function count(number, one, many) {
	return whole.format(number) + ' ' + (number === 1 ? one : many || one + 's');
}

/* --- times: local in text, UTC in the title */

const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
const stamps = {
	hour: { hour: '2-digit', minute: '2-digit' },
	second: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
	week: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
	year: { month: '2-digit', day: '2-digit', hour: '2-digit',
		minute: '2-digit' },
	far: { year: 'numeric', month: '2-digit', day: '2-digit' },
	all: { dateStyle: 'full', timeStyle: 'long' },
};
for (const name of Object.keys(stamps))
	stamps[name] = new Intl.DateTimeFormat(undefined,
		{ hourCycle: 'h23', ...stamps[name] });

const MINUTE = 60e3, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

function stampOf(at) {
	const now = new Date(clock.now()), then = new Date(at);
	const away = Math.abs(now - then);

	if (now.toDateString() === then.toDateString())
		return stamps.hour.format(then);
	return (away < 6 * DAY ? stamps.week : away < 300 * DAY ? stamps.year
		: stamps.far).format(then);
}

/* How long something takes: "42s", "3m10s", "2h05m". */
function span(ms) {
	const s = Math.max(0, Math.round(ms / 1000));
	const two = number => String(number).padStart(2, '0');

	if (ms > 0 && ms < 950)
		return Math.ceil(ms) + 'ms';
	if (s < 60)
		return s + 's';
	if (s < 3600)
		return Math.floor(s / 60) + 'm' + two(s % 60) + 's';
	if (s < 100 * 3600)
		return Math.floor(s / 3600) + 'h' + two(Math.floor(s / 60) % 60) + 'm';
	return Math.floor(s / 86400) + 'd';
}

/* "in 12m", "3m ago", "now". */
function away(at) {
	const ms = at - clock.now(), size = Math.abs(ms);
	const words = size < 100e3 ? Math.floor(size / 1000) + 's'
		: size < 100 * MINUTE ? Math.floor(size / MINUTE) + 'm'
		: size < 48 * HOUR ? Math.floor(size / HOUR) + 'h'
		: Math.floor(size / DAY) + 'd';

	if (size < 1000)
		return 'now';
	return ms < 0 ? words + ' ago' : 'in ' + words;
}

/* A <time> whose text is kept up by moment(); iso may be missing. */
function moment(node, iso, words) {
	const at = Date.parse(iso || '');

	if (isNaN(at)) {
		dress(node, 'datetime', null);
		dress(node, 'title', null);
		return put(node, '');
	}
	if (node.getAttribute('datetime') !== iso) {
		dress(node, 'datetime', iso);
		dress(node, 'title', stamps.all.format(at) + '\u2003UTC ' + iso);
	}
	return put(node, words ? words(at) : stampOf(at) + ', ' + away(at));
}

function timeOf(iso, words) {
	const node = make('time');

	node.words = words;
	return moment(node, iso, words);
}

/* Those of timeOf grow old with the clock. */
function ageTimes(room) {
	for (const node of room.querySelectorAll('time[datetime]'))
		moment(node, node.dateTime, node.words);
}

/* --- what is known -------------------------------------------------------- */

const known = {
	token: '',
	me: null,	 /* {role, ...} */
	jobs: new Map(), /* "CLIENT.JOB" to the keys of its status line */
	several: false,	 /* clients */
	scheduler: true, latched: false, held: false,
	gen: '', seq: 0, /* the position in the events */
	at: 0,		 /* when that was so */
};

const kept = {
	get: (place, name) => {
		try { return place.getItem('pulse.' + name) || ''; }
		catch (e) { return ''; }
	},
	set: (place, name, value) => {
		try { place.setItem('pulse.' + name, value); } catch (e) { /* full */ }
	},
};

const roles = ['viewer', 'operator', 'admin'];

function may(role) {
	return known.me !== null &&
		roles.indexOf(known.me.role) >= roles.indexOf(role);
}

function idOf(row) {
	return (row.client !== undefined ? row.client : row.client_id) + '.' +
		(row.job || row.job_name);
}

const fleeting = ['pct', 'done', 'total', 'op', 'rate', 'eta'];
let changed = new Set();

/* The host, 0, is none. */
function countClients() {
	const clients = new Set([...known.jobs.values()].map(job => job.client));

	clients.delete(0);
	known.several = clients.size > 1;
}

/* The view hears of it with the next frame, of all changes at once. */
function changes(id) {
	if (changed.size === 0)
		setTimeout(tellChanges, document.hidden ? 500 : 16);
	changed.add(id);
}

function tellChanges() {
	const ids = changed;

	changed = new Set();
	countClients();
	if (visit && visit.patch)
		visit.patch(ids);
	drawBanners();
}

/* An older row than what an event has said is no news: false. */
function takeJob(row) {
	const id = idOf(row), old = known.jobs.get(id);

	if (old && old.seq > row.seq)
		return false;
	known.jobs.set(id, { ...row,
		runs: row.runs || withLatest(old && old.runs || [], row) });
	changes(id);
	return true;
}

/* The runs of a row that came without them: the one that it names is first. */
function withLatest(runs, row) {
	const running = row.state === 'RUNNING';

	if (!row.run || (running && runs.length > 0 && runs[0].run === row.run))
		return runs;
	const rest = runs.filter(run => run.run !== row.run);
	const had = runs.find(run => run.run === row.run) || {
		run: row.run, began: row.since };

	return [running ? had : { ...had, result: had.result || row.last,
		class: row.class }, ...rest];
}

function takeJobs(answer) {
	const there = new Set(answer.jobs.map(idOf));

	answer.jobs.forEach(takeJob);
	for (const id of known.jobs.keys())
		if (!there.has(id)) {
			known.jobs.delete(id);
			changes(id);
		}
	takeTop(answer);
	countClients();
	known.at = clock.now();
}

function takeTop(answer) {
	for (const key of ['scheduler', 'latched', 'held'])
		if (typeof answer[key] === 'boolean' && known[key] !== answer[key]) {
			known[key] = answer[key];
			changes('');
		}
}

/* --- the API -------------------------------------------------------------- */

const base = new URL('api/v1/', location.href.split('#')[0]);

class Refusal extends Error {
	constructor(status, error) {
		super(error.message || 'the answer was ' + status);
		this.status = status;
		this.code = error.code || 'unknown';
		this.hint = error.hint || '';
	}
}

const unreachable = () => new Refusal(0, { code: 'unreachable',
	message: 'pulse-web does not answer',
	hint: 'it is tried again; at its machine: systemctl status pulse-web' });

function headers(more) {
	return known.token === '' ? more
		: { Authorization: 'Bearer ' + known.token, ...more };
}

async function refusalOf(answer) {
	let body = {};

	try { body = await answer.json(); } catch (e) { /* not ours */ }
	return new Refusal(answer.status, body.error || {});
}

/* The Response to a request that went well; a Refusal is thrown for all else.
 * what: method, body (an object), headers, signal. */
async function ask(path, what = {}) {
	let answer;

	try {
		answer = await fetch(new URL(path, base), {
			method: what.method || 'GET',
			headers: headers({ ...what.headers, ...(what.body
				? { 'Content-Type': 'application/json' } : {}) }),
			body: what.body && JSON.stringify(what.body),
			signal: what.signal, cache: 'no-store',
			credentials: 'omit', redirect: 'error',
		});
	} catch (error) {
		throw error.name === 'AbortError' ? error : unreachable();
	}
	keepTime(answer);
	if (answer.ok || answer.status === 304)
		return answer;
	if (answer.status === 401)
		signIn(true);
	throw await refusalOf(answer);
}

/* Ours may be wrong: ages are told by the server's clock. */
function keepTime(answer) {
	const there = Date.parse(answer.headers.get('Date') || '');

	if (!isNaN(there) && Math.abs(there + 500 - Date.now()) > 5000)
		clock.ahead = there + 500 - Date.now();
	else if (!isNaN(there))
		clock.ahead = 0;
}

async function api(path, what) {
	return (await ask(path, what)).json();
}

/* All rows of a list that comes by pages, at most so many. */
async function pages(path, name, most, signal) {
	const rows = [];
	let after = '';

	do {
		const url = new URL(path, base);

		if (after !== '')
			url.searchParams.set('after', after);
		const answer = await api(url, { signal });

		rows.push(...answer[name]);
		rows.first = rows.first || answer;
		after = answer.next || '';
	} while (after !== '' && rows.length < most);
	rows.more = after !== '';
	return rows;
}

function jobPath(id, rest) {
	return 'jobs/' + encodeURIComponent(id) + (rest || '');
}

const jobsPath = 'jobs?limit=1000&runs=30';

async function loadJobs() {
	const rows = await pages(jobsPath, 'jobs', 100000);

	takeAll(rows.first, rows);
}

function takeAll(answer, jobs) {
	takeJobs({ ...answer, jobs });
	if (!pushes())
		takePosition(answer);
}

/* The same list is not sent twice; returns its ETag.  '' when it has several
 * pages, of which the first alone says too little. */
async function pollJobs(tag) {
	const answer = await ask(jobsPath, { headers: tag === '' ? {}
		: { 'If-None-Match': tag } });

	if (answer.status === 304) {
		known.at = clock.now();
		return tag;
	}
	const first = await answer.json();

	if (first.next) {
		await loadJobs();
		return '';
	}
	takeAll(first, first.jobs);
	return answer.headers.get('ETag') || '';
}

/* --- the live link -------------------------------------------------------- */

const link = {
	way: 'joining',
	lostAt: 0, retryAt: 0,
	heard: 0,	 /* when the last message came */
	turn: 0,	 /* grows with each sign-in: older loops end */
	end: null,	 /* ends the present one */
	wake: null,	 /* ends a pause */
};

function setLink(way) {
	const before = link.way;

	link.way = way;
	document.documentElement.dataset.link = way;
	if (way === 'lost' && before !== 'lost')
		link.lostAt = known.at;
	drawBanners();
}

const pushes = () => link.way === 'socket' || link.way === 'stream';

const linkWords = { joining: 'connecting', out: 'signed out', socket: 'live', stream: 'live',
	poll: 'every 5 s', lost: 'not live' };

function position() {
	return known.gen === '' ? '' : known.gen + '-' + known.seq;
}

function pause(ms) {
	return new Promise(done => {
		const timer = setTimeout(done, ms);

		link.wake = () => { clearTimeout(timer); done(); };
	});
}

/* Each way returns, once it has ended, whether it was open at all. */
async function bySocket() {
	const { ticket } = await api('tickets', { method: 'POST', body: {} });
	const url = new URL('ws', base);

	url.protocol = url.protocol.replace('http', 'ws');
	if (position() !== '')
		url.searchParams.set('after', position());
	return new Promise(done => {
		const socket = new WebSocket(url, ['pulse.v1', 'ticket.' + ticket]);
		let came = false;
		const timer = setTimeout(() => came || socket.close(), 8000);

		link.end = () => socket.close();
		socket.onopen = () => { came = true; linked('socket'); };
		socket.onmessage = message => hear(message.data);
		socket.onclose = end => {
			clearTimeout(timer);
			if (end.code === 4401)
				signIn(true);
			done(came);
		};
	});
}

/* EventSource can send no Authorization, so the stream is read by hand. */
async function byStream() {
	const stop = new AbortController();
	const after = position();
	const answer = await ask('events', { signal: stop.signal, headers: {
		Accept: 'text/event-stream',
		...(after === '' ? {} : { 'Last-Event-ID': after }) } });
	const reader = answer.body.pipeThrough(new TextDecoderStream())
		.getReader();
	let rest = '';

	link.end = () => stop.abort();
	linked('stream');
	try {
		for (;;) {
			const { value, done } = await reader.read();

			if (done)
				return true;
			const lines = (rest + value).split(/\r?\n/);

			rest = lines.pop();
			link.heard = Date.now();
			lines.filter(line => line.startsWith('data:'))
				.forEach(line => hear(line.slice(5)));
		}
	} catch (error) {
		return true;
	}
}

/* What no event tells of may have changed while nobody listened: what is shown
 * is called live only once it is so. */
async function linked(way) {
	const end = link.end;

	link.heard = Date.now();
	try {
		if (clock.now() - known.at > 3000)
			await loadJobs();
		if (link.end === end)
			setLink(way);
	} catch (error) {
		end();
	}
}

/* Asks each five seconds, for half a minute: then the others are tried. */
async function byPolling() {
	let tag = '';

	for (let turn = 0; turn < 6; turn++) {
		tag = await pollJobs(tag);
		setLink('poll');
		await pause(5000);
	}
	return true;
}

async function tryWay(way) {
	try {
		return await way();
	} catch (error) {
		return false;
	} finally {
		link.end = null;
	}
}

async function stayLinked(turn) {
	let failures = 0;

	while (turn === link.turn) {
		const began = Date.now();
		const pushed = await tryWay(bySocket) || await tryWay(byStream);

		if (!pushed && await tryWay(byPolling)) {
			failures = 0;
			continue;
		}
		if (turn !== link.turn)
			return;
		failures = pushed && Date.now() - began > 5000 ? 1 : failures + 1;
		await waitLost(Math.min(30000, 500 * 2 ** Math.min(failures, 7)) *
			(0.5 + Math.random() / 2));
	}
}

function waitLost(ms) {
	link.retryAt = Date.now() + ms;
	setLink('lost');
	return pause(ms);
}

/* A link may die without a word: after some silence it has to prove itself. */
async function provePulse() {
	if (!pushes() || Date.now() - link.heard < 30000)
		return;
	link.heard = Date.now();
	try {
		await loadJobs();
	} catch (error) {
		link.end && link.end();
	}
}

function wakeUp() {
	link.heard = 0;
	link.wake && link.wake();
	provePulse();
}

/* --- what is heard */

function hear(text) {
	let message;

	try { message = JSON.parse(text); } catch (error) { return; }
	link.heard = Date.now();
	known.at = clock.now();
	takePosition(message);
	if (message.type === 'snapshot')
		takeJobs(message);
	else if (message.type === 'job_progress')
		takeProgress(message);
	else if (/^job_/.test(message.type))
		takeEvent(message);
	else
		takeOther(message);
	if (visit && visit.hear)
		visit.hear(message);
}

/* GEN-SEQ: where to go on when the link was lost. */
function takePosition(message) {
	const at = /^(.*)-(\d+)$/.exec(message.position || '');

	if (at !== null)
		[known.gen, known.seq] = [at[1], Number(at[2])];
	if (message.gen)
		known.gen = message.gen;
	if (message.seq)
		known.seq = message.seq;
}

function takeProgress(message) {
	const id = idOf(message), job = known.jobs.get(id);

	if (job === undefined || job.state !== 'RUNNING')
		return;
	for (const key of fleeting)
		job[key] = message[key];
	if (job.pct === undefined && message.progress !== null)
		job.pct = message.progress;
	changes(id);
}

function takeEvent(message) {
	const id = idOf(message);
	const job = known.jobs.get(id) || { job: message.job_name,
		client: message.client_id };

	if (message.type === 'job_removed') {
		known.jobs.delete(id);
	} else if (!(job.seq >= message.seq)) {
		moveJob(job, message);
		known.jobs.set(id, job);
		fetchSoon(id);
	}
	changes(id);
	announce(message);
}

/* What an event says of its job; the rest comes with its row. */
function moveJob(job, message) {
	if (message.to && message.to !== job.state) {
		fleeting.forEach(key => delete job[key]);
		job.state = message.to;
		job.since = message.at;
	}
	if (message.to) {
		job.reason = message.reason;
		job.want = message.want;
	}
	job.seq = message.seq;
	if (message.run_id)
		job.run = message.run_id;
	if (message.next)
		job.next = message.next;
	if (message.type === 'job_error') {
		job.error = message.error_message;
		job.class = message.error_class;
	}
}

function takeOther(message) {
	const means = { emergency_stop: ['latched', true],
		emergency_cleared: ['latched', false],
		orchestrator_stopped: ['held', true],
		orchestrator_started: ['held', false] }[message.type];

	if (means)
		takeTop({ [means[0]]: means[1] });
	if (message.type === 'schedule_reloaded')
		loadJobs().catch(complain);
	takeTop(message);
	announce(message);
}

const soon = { ids: new Set(), timer: 0 };

function fetchSoon(id, wait) {
	soon.ids.add(id);
	soon.timer = soon.timer || setTimeout(fetchNow, wait || 150);
}

async function fetchNow() {
	const ids = [...soon.ids];

	soon.ids.clear();
	soon.timer = 0;
	try {
		if (ids.length > 6)
			return await loadJobs();
		for (const row of await Promise.all(ids.map(id => api(jobPath(id)))))
			if (!takeJob(row))
				fetchSoon(idOf(row), 400);
	} catch (error) {
		/* the link says when nobody answers */
	}
}

/* --- what a screen reader is told: at most each ten seconds */

const sayings = { list: [], timer: 0 };
const sayable = { job_started: 'started', job_completed: 'finished',
	job_error: 'failed', job_paused: 'is paused', job_resumed: 'is resumed',
	job_stopped: 'is stopped' };

function announce(message) {
	const words = sayable[message.type];

	if (words)
		tell(message.job_name + ' ' + words);
	else if (/^(emergency|orchestrator|breaker)/.test(message.type))
		tell([message.job_name, message.type.replace(/_/g, ' ')].join(' '));
}

function tell(words) {
	sayings.list.push(words);
	sayings.timer = sayings.timer || setTimeout(sayAll, 10000);
}

function sayAll() {
	const list = sayings.list;

	sayings.list = [];
	sayings.timer = 0;
	put(byId('say'), list.slice(0, 5).join('; ') +
		(list.length > 5 ? '; and ' + (list.length - 5) + ' more' : ''));
}

/* --- acts ----------------------------------------------------------------- */

function toast(words, looks = {}) {
	const node = make('p', { class: 'toast', 'data-tone': looks.tone },
		make('span', {}, words), looks.more || []);
	const end = () => node.remove();

	node.append(button('\u00d7', 'close', end, { class: 'plain',
		'aria-label': 'Close this message' }));
	byId('toasts').append(node);
	if (byId('toasts').childElementCount > 3)
		byId('toasts').firstChild.remove();
	setTimeout(end, (looks.seconds || 8) * 1000);
	return end;
}

function complain(error) {
	if (error.name !== 'AbortError' && error.status !== 401)
		toast(error.message + (error.hint ? ': ' + error.hint : ''),
			{ tone: 'bad', seconds: 15 });
}

function newKey() {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)),
		byte => byte.toString(16).padStart(2, '0')).join('');
}

/* Posts a command; the answer, or null after a complaint. */
async function command(path, body) {
	try {
		return await api(path, { method: 'POST', body: body || {},
			headers: { 'Idempotency-Key': newKey() } });
	} catch (error) {
		complain(error);
		return null;
	}
}

const done = { start: 'asked to start', stop: 'asked to stop',
	pause: 'paused', resume: 'resumed', reset: 'reset',
	'put-back': 'asked for its failed items' };

async function act(id, verb, body) {
	const answer = await command(jobPath(id, '/' + verb), body);

	if (answer === null)
		return;
	fetchSoon(id, 50);
	const words = id + ': ' + (answer.message || done[verb]);

	if (verb !== 'pause')
		return void toast(words);
	const end = toast(words, { seconds: 10, more: [button('Undo', 'undo', () => {
		end();
		act(id, 'resume');
	})] });
}

/* --- the dialog, for what needs a second look */

/* doIt null: there is nothing to do but to read it. */
function openAsk(title, inner, doIt, words) {
	const dialog = byId('ask');
	const form = make('form', { method: 'dialog', submit: event => {
		event.preventDefault();
		dialog.close();
		doIt && doIt();
	} }, make('h2', { id: 'ask-title' }, title), inner,
	make('p', { class: 'row' },
		make('button', { 'data-action': 'do', class: 'first' }, words),
		doIt !== null && button('Cancel', 'cancel', () => dialog.close())));

	dialog.replaceChildren(form);
	dialog.showModal();
	return form;
}

function askReason() {
	return make('label', {}, 'Reason, for the record',
		make('input', { id: 'ask-reason', maxlength: 200,
			autocomplete: 'off', autofocus: true }));
}

function bodyOf(form) {
	const body = {};
	const reason = form.querySelector('#ask-reason');

	if (reason && reason.value.trim() !== '')
		body.reason = reason.value.trim();
	for (const name of ['force', 'replace']) {
		const box = form.querySelector('#ask-' + name);

		if (box && box.checked && !box.closest('[hidden]'))
			body[name] = body.force = true;
	}
	return body;
}

function askStop(id) {
	const form = openAsk('Stop ' + id + '?', [
		make('p', {}, 'Its run is ended: it has ten seconds to finish what ' +
			'it is at. What was stored stays; the next run goes on there.'),
		askReason()],
	() => act(id, 'stop', bodyOf(form)), 'Stop');
}

const forceWords = { start: 'Force: past dependencies, breaker, quota and ' +
	'slots; also when it is held', stop: 'Force: kill at once' };

const verbs = {
	start: 'Start a run as soon as its gates are open',
	stop: 'Stop its run, and what it waits for',
	pause: 'Pause: to the next checkpoint, then held',
	resume: 'Resume: let go of it',
	'put-back': 'Fetch its failed items that are due',
	reset: 'Reset: forget its failures',
};

/* Everything that can be asked of one job, with a reason.  What undoes work or
 * knowledge, or goes past what guards a job, wants the job's name typed. */
function askMore(id, first) {
	const choice = make('select', { id: 'ask-verb', change: turn },
		Object.keys(verbs).filter(verb => verb !== 'reset' || may('admin'))
			.map(verb => make('option', { value: verb,
				selected: verb === first }, verbs[verb])));
	const box = (name, words) => make('label', { class: 'check', change: turn },
		make('input', { type: 'checkbox', id: 'ask-' + name }),
		make('span', {}, words));
	const force = box('force', ''), replace = box('replace',
		'Replace: end a run that goes on, then start');
	const word = make('input', { id: 'ask-word', autocomplete: 'off',
		spellcheck: 'false', autocapitalize: 'off', input: turn });
	const confirm = make('label', {}, 'Type ' + id + ' to confirm', word);
	const form = openAsk('What is to be done with ' + id + '?',
		[make('label', {}, 'Command', choice), askReason(), force, replace,
			confirm],
		() => act(id, choice.value, bodyOf(form)), 'Do it');

	function turn() {
		const verb = choice.value, body = bodyOf(form);
		const strong = verb === 'reset' || body.force;

		put(force.lastChild, forceWords[verb]);
		force.hidden = !may('admin') || forceWords[verb] === undefined;
		replace.hidden = !may('admin') || verb !== 'start';
		confirm.hidden = !strong;
		form.querySelector('[data-action=do]').disabled =
			Boolean(strong) && word.value.trim() !== id;
	}
	turn();
}

/* Typing the word is the confirmation. */
function askEmergency() {
	const word = make('input', { id: 'ask-word', autocomplete: 'off',
		autocapitalize: 'off', spellcheck: 'false', autofocus: true,
		input: () => { go.disabled = !typed(); } });
	const typed = () => word.value.trim().toLowerCase() === 'stop';
	const form = openAsk('Emergency stop', [
		make('p', {}, 'Kills every run at once, and lets nothing start ' +
			'before an admin starts the orchestrator again.'),
		make('label', {}, 'Type STOP to do it', word)],
	emergency, 'Kill every run');
	const go = form.querySelector('[data-action=do]');

	go.classList.add('danger');
	go.disabled = true;
}

async function emergency() {
	const answer = await command('jobs/emergency-stop');

	if (answer === null)
		return;
	takeTop({ latched: true });
	toast(answer.message || 'every run was killed', { tone: 'bad' });
	loadJobs().catch(complain);
}

async function startOrchestrator() {
	const answer = await command('jobs/orchestrator/start');

	if (answer === null)
		return;
	takeTop({ latched: false, held: false });
	toast(answer.message || 'jobs may start again');
	loadJobs().catch(complain);
}

/* --- the views ------------------------------------------------------------ */

/*
 * views.NAME = { title, open(visit) }.  visit: room (an element to fill), query
 * (URLSearchParams), signal (aborted when the view is left).  open may set on
 * it: patch(ids) for jobs that changed, hear(message), tick() each second,
 * turn(query) when the filters of the address change; without turn it is opened
 * anew.
 */
const views = {};
let visit = null;

function address(view, query) {
	const text = new URLSearchParams(Object.entries(query || {})
		.filter(pair => pair[1] !== '' && pair[1] !== undefined))
		.toString().replace(/%2C/g, ',');

	return '#/' + view + (text === '' ? '' : '?' + text);
}

/* Keeps the filters of the view that is open in the address; step: so that the
 * back button takes it back. */
function keepFilters(query, step) {
	history[step ? 'pushState' : 'replaceState'](null, '',
		address(visit.name, query));
	visit.query = new URLSearchParams(query);
}

function byId(id) {
	return document.getElementById(id);
}

/* --- view: jobs */

const states = ['ERROR', 'RUNNING', 'PENDING', 'PAUSED', 'NOT_STARTED',
	'FINISHED'];
const stateTones = { ERROR: 'bad', RUNNING: 'run', PENDING: 'wait',
	PAUSED: 'warn', NOT_STARTED: 'rest', FINISHED: 'good' };

function toneOf(job) {
	if (job.stale || job.reason === 'stuck')
		return 'bad';
	if (job.state === 'FINISHED' && job.last === 'partial')
		return 'warn';
	return stateTones[job.state] || 'rest';
}

/* What is red comes first. */
function rankOf(job) {
	const tone = toneOf(job);

	if (job.disabled)
		return 20;
	if (tone === 'bad')
		return job.reason === 'manual_fix' || job.reason === 'stuck' ? 0 : 1;
	if (job.state === 'PENDING' && (job.retries > 0 || job.last === 'failed'))
		return 2;
	return 3 + states.indexOf(job.state) + (tone === 'good' ? 1 : 0);
}

function byRank(a, b) {
	return rankOf(a) - rankOf(b) || a.client - b.client ||
		(a.job < b.job ? -1 : 1);
}

const waits = {
	first: 'its first run', due: 'it is due', manual: 'somebody asked for it',
	dependency: job => 'waits for ' + (job.waits_for || 'another job'),
	slot: job => 'waits for a free slot' +
		(job.waits_for ? ' of ' + job.waits_for : ''),
	breaker: job => (job.waits_for || 'the service') +
		' does not answer: waits for the breaker',
	quota: 'waits for the API\u2019s quota',
	busy: 'a run of its own is under way',
	space: 'too little free space: spool-prune, or make room',
	start_failed: job => 'could not be started' +
		(job.error ? ': ' + job.error : ''),
	orphan: 'its last run vanished',
	interrupted: 'its last run was interrupted',
	retry: 'to be tried again', probe: 'to be tried again, slowly',
	items: 'its failed items are fetched',
};
const asked = { pause: 'pausing', replace: 'ending, to start anew',
	stop: 'stopping', kill: 'being killed', emergency: 'being killed' };

/* As other commands take it: "github_job -k 2". */
function nameOf(job) {
	return job.job + (known.several && job.client > 0
		? ' -k ' + job.client : '');
}

/* It does not pass by itself, so nothing comes next. */
function isForPerson(job) {
	return job.state === 'ERROR' && job.reason === 'manual_fix';
}

/* Why it waits, what it does, what went wrong and the way out. */
function noteOf(job) {
	const failure = [job.class, job.error].filter(Boolean).join(': ');
	const why = waits[job.reason];

	if (job.disabled)
		return 'no longer in the schedule';
	if (job.stale)
		return 'stale: no scheduler looks after it';
	if (job.state === 'RUNNING' && job.reason === 'stuck')
		return 'stuck: its run is dead, its lock is not free: end what ' +
			'holds spool/lock/' + idOf(job);
	if (job.state === 'RUNNING')
		return asked[job.want] || job.op || '';
	if (job.state === 'PENDING')
		return typeof why === 'function' ? why(job) : why || '';
	if (isForPerson(job))
		return 'needs you: ' + (failure ? failure + '; then ' : '') +
			'pulse start ' + nameOf(job);
	if (job.state === 'ERROR')
		return failure;
	if (job.state === 'PAUSED')
		return job.reason === 'emergency' ? 'by the emergency stop'
			: 'held: pulse resume ' + nameOf(job);
	return job.last === 'partial' ? 'some items failed' : '';
}

/* How much longer: as a range, and from what it is known. */
function etaOf(job) {
	const now = clock.now(), rate = Date.parse(job.eta || '');
	const took = (job.runs || []).filter(run => run.result === 'success' &&
		run.took > 0).slice(0, 5).map(run => run.took);
	const since = Date.parse(job.since || '');
	const ends = took.map(ms => since + ms).filter(at => at > now);
	const ages = list => [Math.min(...list) - now, Math.max(...list) - now];
	let range, basis;

	if (!isNaN(rate)) {
		range = ends.length > 1 ? ages([rate, median(ends)])
			: [(rate - now) * 0.85, (rate - now) * 1.15];
		basis = 'the current rate' + (ends.length > 1 ? ' and the last ' +
			ends.length + ' runs' : '');
	} else if (ends.length > 0) {
		range = ages(ends);
		basis = ends.length > 1 ? 'the last ' + ends.length + ' runs'
			: 'the last run';
	} else {
		return '';
	}
	return (range[1] - range[0] < range[1] / 10 ? 'about ' + span(range[1])
		: range[0] < 1000 ? 'up to ' + span(range[1])
		: range.map(ms => span(ms)).join(' to ')) + ' left, by ' + basis;
}

function median(list) {
	return list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

function rateOf(rate) {
	return rate >= 1 || rate === 0 ? tenths.format(rate) + '/s'
		: tenths.format(rate * 60) + '/min';
}

function progressWords(job) {
	const parts = [];

	if (job.pct !== undefined && job.pct >= 0)
		parts.push(job.pct + ' %');
	if (job.done > 0 || job.total > 0)
		parts.push(whole.format(job.done) + (job.total > 0
			? ' of ' + whole.format(job.total) : ' done'));
	if (job.rate > 0)
		parts.push(rateOf(job.rate));
	return parts.join(' · ');
}

/* A row: {node, patch(job), tick()}; every part is made once. */
function jobRow(id) {
	const stateWord = make('span'), stateIcon = icon('PENDING');
	const parts = {
		client: make('span', { class: 'client' }),
		state: make('span', { class: 'state' }, stateIcon, stateWord),
		note: make('p', { class: 'note' }, ''),
		far: progressBar(id),
		strip: make('div', { class: 'strip', role: 'group' }),
		last: make('span', { class: 'last' }), lastTime: make('time'),
		nextTime: make('time', { class: 'next' }),
		lastOf: make('span', { class: 'of' }), nextOf: make('span', { class: 'of' }),
		acts: make('div', { class: 'acts' }),
	};
	const name = id.slice(id.indexOf('.') + 1);
	const node = make('li', { class: 'job', 'data-job': id },
		make('div', { class: 'who' }, parts.state,
			make('h2', {}, make('a', { href: address('job', { job: id }) },
				make('bdi', {}, name))), parts.client),
		make('div', { class: 'what' }, parts.note, parts.far.node),
		make('div', { class: 'then' }, parts.strip,
			make('p', {}, parts.lastOf, ' ', parts.nextOf)),
		parts.acts);
	const row = { id, node, job: null };

	parts.lastOf.append(make('span', { class: 'label' }, 'last '), parts.last,
		' ', parts.lastTime);
	parts.nextOf.append(make('span', { class: 'label' }, 'next '),
		parts.nextTime);
	row.patch = job => {
		row.job = job;
		dress(node, 'data-state', job.state);
		dress(node, 'data-tone', toneOf(job));
		dress(stateIcon.firstChild, 'href', '#i-' + job.state);
		put(stateWord, job.state);
		put(parts.client, known.several && job.client > 0
			? 'client ' + job.client : '');
		put(parts.last, job.last || '');
		drawStrip(parts.strip, job);
		drawActs(parts.acts, job);
		row.tick();
	};
	row.tick = () => {
		const job = row.job;

		put(parts.note, noteOf(job));
		parts.far.patch(job);
		moment(parts.lastTime, job.last_end, away);
		moment(parts.nextTime, nextOf(job));
		dress(parts.nextTime, 'data-why', job.outlook && job.outlook.why);
		dress(parts.lastOf, 'hidden', !job.last_end);
		dress(parts.nextOf, 'hidden', !nextOf(job));
	};
	return row;
}

function nextOf(job) {
	if (job.state === 'PAUSED' || isForPerson(job))
		return '';
	return job.state === 'RUNNING' ? job.next_due : job.next || job.next_due;
}

function progressBar(id) {
	const fill = make('span', { class: 'fill' });
	const bar = make('div', { role: 'progressbar', class: 'bar',
		'aria-label': 'Progress of ' + id, 'aria-valuemin': 0,
		'aria-valuemax': 100 }, fill);
	const words = make('span', { class: 'far-text' });
	const eta = make('span', { class: 'eta' });
	const node = make('div', { class: 'far', hidden: true }, bar,
		make('p', {}, words, ' ', eta));

	return { node, patch(job) {
		const sure = job.pct >= 0;

		dress(node, 'hidden', job.state !== 'RUNNING');
		if (job.state !== 'RUNNING')
			return;
		put(words, progressWords(job));
		put(eta, etaOf(job));
		dress(bar, 'aria-valuenow', sure ? job.pct : null);
		dress(bar, 'aria-valuetext', words.textContent || 'at work');
		dress(bar, 'data-sure', sure);
		fill.style.transform = sure ? 'scaleX(' + job.pct / 100 + ')' : '';
	} };
}

const STRIP = 30;

/* The last runs, oldest first: bars that differ in height as well as colour;
 * one stop for the Tab key, the arrows go on from there. */
function drawStrip(node, job) {
	const runs = (job.runs || []).slice(0, STRIP).reverse();
	const key = runs.map(run => run.run + run.result).join();

	if (node.dataset.key === key)
		return;
	node.dataset.key = key;
	dress(node, 'aria-label', stripWords(runs));
	node.replaceChildren(...runs.map((run, i) => make('a', {
		href: address('run', { run: run.run }),
		'data-result': run.result || 'running', title: runWords(run),
		'aria-label': runWords(run), keydown: stepStrip,
		tabindex: i === runs.length - 1 ? 0 : -1 })));
}

function stepStrip(event) {
	const step = { ArrowLeft: 'previousSibling',
		ArrowRight: 'nextSibling' }[event.key];
	const to = step && event.target[step];

	if (!to)
		return;
	event.preventDefault();
	event.target.tabIndex = -1;
	to.tabIndex = 0;
	to.focus();
}

function runWords(run) {
	return [run.result || 'running', run.class,
		run.began && stampOf(Date.parse(run.began)),
		run.took > 0 && span(run.took)].filter(Boolean).join(', ');
}

/* How many there are of each: a Map. */
function countEach(list) {
	const counts = new Map();

	list.forEach(one => counts.set(one, (counts.get(one) || 0) + 1));
	return counts;
}

function stripWords(runs) {
	const ends = countEach(runs.map(run => run.result || 'running'));

	return runs.length === 0 ? 'No runs yet' : 'Last ' +
		count(runs.length, 'run') + ': ' +
		[...ends].map(([how, times]) => times + ' ' + how).join(', ');
}

const offers = { RUNNING: ['pause', 'stop'], PENDING: ['start', 'pause', 'stop'],
	ERROR: ['start', 'pause'], PAUSED: ['resume'],
	FINISHED: ['start', 'pause'], NOT_STARTED: ['start', 'pause'] };
const actWords = { start: 'Start', stop: 'Stop', pause: 'Pause',
	resume: 'Resume' };

/* The same buttons stay as long as they are the same: so does the focus. */
function drawActs(node, job) {
	const id = idOf(job);
	const list = !may('operator') ? [] : job.reason === 'emergency'
		? ['more'] : [...offers[job.state] || [], 'more'];
	const had = node.contains(document.activeElement);

	if (node.dataset.key === list.join())
		return;
	node.dataset.key = list.join();
	node.replaceChildren(...list.map(verb => button(actWords[verb] || '…', verb,
		() => verb === 'more' ? askMore(id) : verb === 'stop' ? askStop(id)
			: act(id, verb),
		{ 'aria-label': (actWords[verb] || 'More to do with') + ' ' + id,
			title: verb === 'more' ? 'More, with a reason' : null })));
	if (had && node.firstChild)
		node.firstChild.focus();
}

function matches(job, query) {
	const wanted = query.get('state'), client = query.get('client');
	const find = (query.get('find') || '').toLowerCase();

	return (!wanted || wanted.split(',').includes(job.state)) &&
		(!client || String(job.client) === client) &&
		(find === '' || [job.job, job.client, noteOf(job), job.class]
			.join(' ').toLowerCase().includes(find));
}

views.jobs = { title: 'Jobs', open(visit) {
	const rows = new Map();
	const list = make('ol', { class: 'jobs', 'aria-label': 'Jobs' });
	const none = make('p', { class: 'none', hidden: true }, '');
	const chips = jobChips(visit, () => arrange());
	let moved = 0;

	function patchRow(id) {
		const job = known.jobs.get(id);
		let row = rows.get(id);

		if (job === undefined && row !== undefined) {
			row.node.remove();
			rows.delete(id);
		}
		if (job === undefined)
			return;
		if (row === undefined)
			rows.set(id, row = jobRow(id));
		row.patch(job);
	}

	/* Rows that change places under the pointer would be hit by mistake. */
	function busy() {
		const selected = getSelection();

		return Date.now() - moved < 1500 || (!selected.isCollapsed &&
			list.contains(selected.anchorNode));
	}

	function arrange() {
		const shownRows = [...rows.values()].filter(row =>
			matches(row.job, visit.query)).sort((a, b) =>
			byRank(a.job, b.job));

		placeAll(list, shownRows.map(row => row.node));
		dress(none, 'hidden', shownRows.length > 0);
		put(none, known.jobs.size === 0 ? 'There is no job yet: pulse-sched ' +
			'makes them from schedule.yaml when it starts.'
			: 'No job is like that.');
		chips.draw();
	}

	list.addEventListener('pointermove', () => { moved = Date.now(); });
	visit.room.append(chips.node, list, none, make('p', { class: 'row' },
		savers(() => 'jobs?limit=1000', 'jobs')));
	visit.patch = ids => {
		ids.forEach(patchRow);
		visit.late = busy();
		if (!visit.late)
			arrange();
	};
	visit.tick = () => {
		if (visit.late && !busy())
			visit.patch([]);
		rows.forEach(row => row.tick());
	};
	visit.turn = () => { chips.turn(); arrange(); };
	visit.patch([...known.jobs.keys()]);
} };

/* Brings children into this order with as few moves as can be, and none of the
 * one that has the focus. */
function placeAll(parent, nodes) {
	const wanted = new Set(nodes);
	const fixed = nodes.findIndex(node =>
		node.contains(document.activeElement));

	[...parent.children].forEach(node => wanted.has(node) || node.remove());
	let next = fixed < 0 ? null : nodes[fixed];

	for (let i = fixed - 1; i >= 0; i--) {
		if (nodes[i].nextSibling !== next || nodes[i].parentNode !== parent)
			parent.insertBefore(nodes[i], next);
		next = nodes[i];
	}
	let before = fixed < 0 ? null : nodes[fixed];

	for (let i = fixed + 1; i < nodes.length; i++) {
		const place = before === null ? parent.firstChild
			: before.nextSibling;

		if (place !== nodes[i])
			parent.insertBefore(nodes[i], place);
		before = nodes[i];
	}
}

/* Filters, with how many jobs each would leave. */
function jobChips(visit, filtered) {
	const find = make('input', { type: 'search', id: 'find',
		placeholder: 'Find', 'aria-label': 'Find a job by its name or note',
		value: visit.query.get('find') || '', input: () => turn() });
	const chips = make('div', { class: 'chips', role: 'group',
		'aria-label': 'Filters' });
	const owners = make('div', { class: 'chips owners', role: 'group',
		'aria-label': 'Clients' });
	const node = make('div', { id: 'chips' }, chips, find, owners);

	function turn(key, value) {
		const query = Object.fromEntries(visit.query);

		if (key)
			query[key] = value;
		query.find = find.value;
		keepFilters(query, key !== undefined);
		filtered();
	}

	function press(key, value, many) {
		const old = (visit.query.get(key) || '').split(',').filter(Boolean);
		const next = old.includes(value) ? old.filter(x => x !== value)
			: many ? [...old, value] : [value];

		turn(key, next.join());
	}

	function draw() {
		const jobs = [...known.jobs.values()];
		const each = { state: countEach(jobs.map(job => job.state)),
			client: countEach(jobs.map(job => String(job.client))) };
		const clients = [...each.client.keys()].sort();
		const chip = (key, value, words) => ({
			key: (key === 'client' ? 'client:' : '') + value, words,
			state: key === 'state' ? value : null,
			count: each[key].get(value) || 0,
			pressed: (visit.query.get(key) || '').split(',').includes(value),
			press: () => press(key, value, key === 'state') });

		drawChips(chips, states.map(state => chip('state', state, state)));
		owners.hidden = clients.length < 2;
		drawChips(owners, owners.hidden ? [] : clients.map(client =>
			chip('client', client, client === '0' ? 'host'
				: 'client ' + client)));
	}
	return { node, draw, turn: () => {
		find.value = visit.query.get('find') || '';
	} };
}

function drawChips(parent, list) {
	for (const chip of list) {
		let node = [...parent.children].find(child =>
			child.dataset.filter === chip.key);

		if (node === undefined) {
			node = make('button', { type: 'button', 'data-filter': chip.key,
				class: 'chip', click: () => node.press() },
			chip.state && icon(chip.state), make('span', {}, chip.words), ' ',
			make('b', {}, ''));
			parent.append(node);
		}
		node.press = chip.press;
		dress(node, 'data-none', chip.count === 0 && !chip.pressed);
		node.dataset.tone = chip.count > 0 ? stateTones[chip.state] || '' : '';
		dress(node, 'aria-pressed', chip.pressed ? 'true' : 'false');
		put(node.lastChild, chip.count);
	}
}

/* --- parts of views: facts, commands to copy, tables */

/* Pairs of a word and what it is; those without a value are left out. */
function facts(pairs) {
	return make('dl', { class: 'facts' }, pairs.filter(pair =>
		pair[1] && pair[1].length !== 0).map(([word, value]) => make('div', {},
		make('dt', {}, word), make('dd', {}, value))));
}

/* navigator.clipboard is there on loopback and https only. */
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
	} catch (error) {
		const area = make('textarea', { class: 'away' });

		document.body.append(area);
		area.value = text;
		area.select();
		document.execCommand('copy');
		area.remove();
	}
	toast('Copied', { seconds: 3 });
}

/* A command for the terminal, to be copied. */
function shell(text) {
	return make('span', { class: 'shell' }, make('code', {}, text),
		button('Copy', 'copy', () => copy(text),
			{ class: 'plain', 'aria-label': 'Copy: ' + text }));
}

/* A word with its shape. */
function badge(word, shape, tone) {
	return make('span', { class: 'state', 'data-tone': tone }, icon(shape),
		make('span', {}, word));
}

const resultLooks = { success: ['FINISHED', 'good'], partial: ['warn', 'warn'],
	failed: ['ERROR', 'bad'], orphaned: ['ERROR', 'bad'],
	stopped: ['NOT_STARTED', 'rest'], killed: ['STOP', 'rest'],
	running: ['RUNNING', 'run'] };

function resultBadge(result) {
	const word = result || 'running';

	return badge(word, ...resultLooks[word] || ['warn', 'rest']);
}

function jobLink(row) {
	const id = idOf(row);

	return make('a', { href: address('job', { job: id }) },
		make('bdi', {}, id));
}

/* A table that keeps the rows which have not changed; a column is [head,
 * cell(row), class].  Where it is narrow, each row is a card. */
function sheet(caption, columns, keyOf) {
	const body = make('tbody', { role: 'rowgroup' });
	const node = make('table', { class: 'sheet', role: 'table' },
		make('caption', {}, caption),
		make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' },
			columns.map(([head, , looks]) => make('th', { scope: 'col',
				role: 'columnheader', class: looks }, head)))), body);
	let old = new Map();

	function rowOf(row) {
		return make('tr', { role: 'row' }, columns.map(([head, cell, looks]) =>
			make('td', { role: 'cell', 'data-head': head, class: looks },
				cell(row))));
	}

	return { node, draw(rows) {
		const next = new Map();

		for (const row of rows) {
			const key = keyOf(row), text = JSON.stringify(row);
			const had = old.get(key);

			next.set(key, had && had.text === text ? had
				: { text, node: rowOf(row) });
		}
		old = next;
		placeAll(body, [...next.values()].map(entry => entry.node));
	} };
}

/* The frame of a view that shows one list of the API: filters above it, more
 * rows below, asked for anew when something happened.  what: path(query), name,
 * columns, key(row), none, filters (elements), hears(message), every (s). */
function listView(visit, what) {
	const table = sheet(what.caption, what.columns, what.key);
	const none = make('p', { class: 'none', hidden: true }, what.none);
	const more = button('Show more', 'more-rows', () => load(true));
	const state = { rows: [], next: null };
	const loadSoon = gather(400, () => load(false));

	function urlOf(after) {
		const url = new URL(what.path(visit.query), base);

		if (after)
			url.searchParams.set('after', after);
		return url;
	}

	async function load(further) {
		try {
			const answer = await api(urlOf(further ? state.next : ''),
				{ signal: visit.signal });

			state.rows = further ? state.rows.concat(answer[what.name])
				: answer[what.name];
			state.next = answer.next;
			draw(answer);
		} catch (error) {
			failed(visit, error);
		}
	}

	function draw(answer) {
		table.draw(state.rows);
		table.node.hidden = state.rows.length === 0;
		none.hidden = state.rows.length > 0;
		more.hidden = !state.next;
		if (what.drawn)
			what.drawn(answer, state.rows);
	}

	more.hidden = true;
	table.node.hidden = true;
	visit.room.append(...what.filters || [], table.node, none,
		make('p', { class: 'row' }, more, savers(() => what.path(visit.query),
			what.name)));
	visit.turn = () => {
		(what.filters || []).forEach(node => node.turn && node.turn());
		load(false);
	};
	visit.hear = message => {
		if (what.hears && what.hears(message))
			loadSoon();
	};
	visit.tick = everySo(10, () => ageTimes(visit.room),
		what.every || 60, () => link.way !== 'lost' && load(false));
	visit.reload = () => load(false);
	return load(false);
}

/* --- a list as a file */

const SAVED = 10000; /* rows at most */

/* A cell that a spreadsheet would take for a formula gets a quote before it. */
function csvCell(value) {
	const text = value === null || value === undefined ? ''
		: typeof value === 'object' ? JSON.stringify(value) : String(value);
	const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text)
		? "'" + text : text;

	return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

function csvOf(rows) {
	const keys = [...new Set(rows.flatMap(row => Object.keys(row)))];

	return [keys, ...rows.map(row => keys.map(key => row[key]))]
		.map(cells => cells.map(csvCell).join() + '\r\n').join('');
}

function saveFile(name, parts) {
	const url = URL.createObjectURL(new Blob(parts));

	make('a', { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/* What the API answers, as it is. */
async function download(path, name) {
	try {
		saveFile(name, [await (await ask(path)).blob()]);
	} catch (error) {
		complain(error);
	}
}

/* All that the filters leave, not only what is shown. */
function savers(path, name) {
	const save = async (ending, write) => {
		try {
			saveFile(name + ending, [write(await pages(path(), name, SAVED))]);
		} catch (error) {
			complain(error);
		}
	};

	return make('span', { class: 'savers' },
		button('CSV', 'save-csv', () => save('.csv', csvOf),
			{ class: 'plain', 'aria-label': 'CSV of these ' + name }),
		button('JSON', 'save-json', () => save('.json', rows =>
			JSON.stringify(rows, null, '\t') + '\n'),
		{ class: 'plain', 'aria-label': 'JSON of these ' + name }));
}

/* What may be called often, and calls once for all of it, so much later. */
function gather(ms, call) {
	let timer = 0;

	return () => {
		timer = timer || setTimeout(() => {
			timer = 0;
			call();
		}, ms);
	};
}

/* A tick that calls each function once in so many seconds. */
function everySo(...pairs) {
	let seconds = 0;

	return () => {
		seconds++;
		for (let i = 0; i < pairs.length; i += 2)
			if (seconds % pairs[i] === 0)
				pairs[i + 1]();
	};
}

/* What could not be had stands where it would be. */
function failed(visit, error) {
	if (error.name === 'AbortError' || error.status === 401 ||
		!visit.room.isConnected)
		return;
	const old = visit.room.querySelector('.failed');

	if (old)
		old.remove();
	visit.room.prepend(make('p', { class: 'banner failed', role: 'alert',
		'data-tone': 'warn' }, error.message, error.hint
		? ' (' + error.hint + ')' : '', ' ', button('Again', 'again', () => {
		visit.room.querySelector('.failed').remove();
		visit.reload ? visit.reload() : openView(visit.name, visit.query);
	})));
}

/* A choice of [value, words] that is kept in the address; step as there. */
function picker(visit, name, words, options, step) {
	const select = make('select', { id: 'by-' + name, change: () => {
		keepFilters({ ...Object.fromEntries(visit.query),
			[name]: select.value }, step);
		visit.turn();
	} }, options.map(([value, text]) => make('option', { value }, text)));
	const node = make('label', { class: 'by' }, words, select);

	node.turn = () => { select.value = visit.query.get(name) || ''; };
	node.turn();
	return node;
}

const orAll = values => [['', 'all'], ...values.map(value => [value, value])];

function chooser(visit, name, words, values) {
	return picker(visit, name, words, orAll(values), true);
}

function filterBar(...choosers) {
	const node = make('div', { class: 'filters' }, choosers);

	node.turn = () => choosers.forEach(chooser => chooser.turn());
	return node;
}

const jobIds = () => [...known.jobs.keys()].sort();

function changesRuns(message) {
	return /^job_/.test(message.type) && message.type !== 'job_progress';
}

/* --- view: one job */

views.job = { title: 'Job', within: 'jobs', open(visit) {
	const id = visit.query.get('job') || '';
	const list = make('ol', { class: 'jobs' });
	const why = make('div', { class: 'why' });
	const row = jobRow(id);

	const far = checkpointsOf(visit, id);

	list.append(row.node);
	visit.room.append(list, why);
	setTitle(id);
	visit.patch = ids => {
		if (ids.has(id) && known.jobs.has(id))
			row.patch(known.jobs.get(id));
	};
	const look = async () => {
		try {
			const job = await api(jobPath(id), { signal: visit.signal });

			takeJob(job);
			row.patch(known.jobs.get(id));
			const { stats } = await api('stats?client=' + job.client,
				{ signal: visit.signal });

			why.replaceChildren(facts([...whyFacts(job, id), ['its runs',
				statsWords(stats.find(one => one.job === job.job))]]), far);
		} catch (error) {
			failed(visit, error);
		}
	};
	listView(visit, { ...runsList(),
		path: () => jobPath(id, '/runs'),
		hears: message => changesRuns(message) && idOf(message) === id &&
			(look(), true) });
	const tick = visit.tick;

	visit.tick = () => { tick(); row.job && row.tick(); };
	if (known.jobs.has(id))
		row.patch(known.jobs.get(id));
	return look();
} };

/* How far it has come, scope by scope; asked for when it is opened. */
function checkpointsOf(visit, id) {
	const table = sheet('Checkpoints: the next run goes on there', [
		['Scope', row => long(row.scope), 'long'],
		['Reached', row => row.reached ? timeOf(row.reached) : ''],
		['Stored', row => row.at ? timeOf(row.at) : '']],
	row => row.scope);
	const said = make('p', { class: 'note', role: 'status' }, '');
	const node = make('details', { 'data-part': 'checkpoints', toggle: async () => {
		if (!node.open)
			return;
		try {
			const rows = (await pages('checkpoints?limit=1000&client=' +
				parseInt(id, 10), 'checkpoints', SAVED, visit.signal))
				.filter(row => idOf(row) === id);

			table.draw(rows);
			table.node.hidden = rows.length === 0;
			put(said, rows.length === 0 ? 'It keeps none.' : '');
		} catch (error) {
			put(said, error.message);
		}
	} }, make('summary', {}, 'How far it has come'), said, table.node);

	table.node.hidden = true;
	return node;
}

function statsWords(stats) {
	if (stats === undefined || stats.runs === 0)
		return '';
	return [count(stats.runs, 'run'), stats.success_rate !== null &&
		tenths.format(stats.success_rate * 100) + ' % ended well',
	stats.median_seconds !== null && 'half within ' +
		span(stats.median_seconds * 1000) + ', 95 % within ' +
		span(stats.p95_seconds * 1000)].filter(Boolean).join('; ');
}

/* What pulse why says. */
function whyFacts(job, id) {
	const failure = job.failure || {}, outlook = job.outlook || {};
	const breaker = job.breaker;

	return [
		['failed', failure.class && [failure.class, failure.cause
			? ': ' + failure.cause : '']],
		['means', failure.means], ['to do', failure.to_do],
		['next', outlook.why && [outlook.at ? timeOf(outlook.at) : '',
			outlook.at ? ': ' : '', outlook.why]],
		['breaker', breaker && [breaker.integration + ' ' + breaker.state,
			breaker.override && breaker.override !== 'auto'
				? ', ' + breaker.override : '',
			breaker.until ? [', until ', timeOf(breaker.until)] : '']],
		['failed items', job.failed_items > 0 && make('a', {
			href: address('failures', { job: id }) },
		count(job.failed_items, 'item'))],
		['failed scopes', job.failed_scopes > 0 &&
			count(job.failed_scopes, 'scope')],
		['failing since', job.failing_since && timeOf(job.failing_since)],
		['went well', job.last_success && timeOf(job.last_success)],
		['pace', job.tier && job.tier + ': it is tried more slowly'],
		['missed', job.missed > 0 && count(job.missed, 'due time')],
		['at a terminal', [shell('pulse why ' + id), ' ',
			shell('pulse log ' + id)]],
		['note', (job.notes || []).join('; ')],
	];
}

/* --- view: runs */

function runsList() {
	return { name: 'runs', caption: 'Runs, the newest first',
		key: run => run.run, none: 'No run is like that.', columns: [
			['Run', run => make('a', { href: address('run',
				{ run: run.run }) }, run.run)],
			['Result', run => resultBadge(run.result)],
			['Began', run => timeOf(run.began)],
			['Took', run => run.took > 0 ? span(run.took) : '', 'right'],
			['Records', run => number(run.records), 'right'],
			['Rejected', run => number(run.rejected), 'right'],
			['Requests', run => number(run.requests), 'right'],
			['Why it ran', run => run.trigger || ''],
			['What went wrong', run => long([run.class, run.cause]
				.filter(Boolean).join(': ')), 'long']],
		hears: changesRuns };
}

function number(value) {
	return value === undefined || value === null ? '' : whole.format(value);
}

views.runs = { title: 'Runs', open(visit) {
	return listView(visit, { ...runsList(),
		filters: [filterBar(chooser(visit, 'job', 'Job ', jobIds()),
			chooser(visit, 'result', 'Result ', ['success', 'partial',
				'failed', 'stopped', 'killed', 'orphaned']))],
		path: query => {
			const args = new URLSearchParams({ limit: 100 });

			if (query.get('result'))
				args.set('result', query.get('result'));
			return (query.get('job') ? jobPath(query.get('job'), '/runs')
				: 'runs') + '?' + args;
		} });
} };

/* --- view: one run, with its log */

views.run = { title: 'Run', within: 'runs', open(visit) {
	const id = visit.query.get('run') || '';
	const about = make('div');
	const log = logBox(visit, id);

	setTitle('Run ' + id);
	visit.room.append(make('h2', {}, 'Run ', make('bdi', {}, id)), about,
		log.node);
	const look = async () => {
		try {
			const run = await api('runs/' + encodeURIComponent(id),
				{ signal: visit.signal });

			about.replaceChildren(facts(runFacts(run)));
		} catch (error) {
			failed(visit, error);
		}
	};
	visit.hear = message => changesRuns(message) && message.run_id === id &&
		look();
	visit.tick = everySo(10, () => ageTimes(visit.room));
	visit.turn = () => log.turn();
	log.follow();
	return look();
} };

function runFacts(run) {
	const size = run.bytes > 0 && bytesOf(run.bytes);

	return [
		['job', jobLink(run)],
		['result', [resultBadge(run.result), run.code > 0
			? ' with code ' + run.code : '', run.how &&
			run.how !== 'by_itself' ? ', ' + run.how.replace(/_/g, ' ') : '']],
		['failed', run.class && run.class !== 'none' &&
			[run.class, run.cause].filter(Boolean).join(': ')],
		['why it ran', run.trigger && run.trigger + (run.attempt > 1
			? ', attempt ' + run.attempt : '')],
		['began', run.began && timeOf(run.began)],
		['ended', run.ended && timeOf(run.ended)],
		['took', run.took > 0 && span(run.took)],
		['records', run.records !== undefined && number(run.records) +
			(run.rejected > 0 ? ', ' + number(run.rejected) + ' rejected'
				: '')],
		['requests', run.requests > 0 && number(run.requests) +
			(size ? ', ' + size : '') + (run.response_ms > 0
			? ', ' + run.response_ms + ' ms each' : '')],
		['CPU', run.cpu_ms > 0 && span(run.cpu_ms)],
		['memory', run.peak_kb > 0 && bytesOf(run.peak_kb * 1024)],
		['by hand', run.replay && shell(run.replay)],
		['left behind', run.leftovers > 0 &&
			count(run.leftovers, 'process', 'processes')],
	];
}

function bytesOf(bytes) {
	const units = ['B', 'KB', 'MB', 'GB', 'TB'];
	let unit = 0;

	for (; bytes >= 1000 && unit < 4; unit++)
		bytes /= 1000;
	return tenths.format(bytes) + ' ' + units[unit];
}

/* --- a log: only the lines that are seen are in the document */

const LINE = 18; /* px, as in the style */

/* The log of a run, with what can be done with it. */
function logBox(visit, id) {
	const about = make('span', { class: 'log-about', role: 'status' }, '');
	const news = button('', 'log-end', () => pane.toEnd(), { hidden: true });
	const finder = logFinder(visit, line => pane.show(line));
	const pane = logPane(id, finder, behind => {
		news.hidden = behind === 0;
		put(news, count(behind, 'new line'));
	});
	const tools = make('div', { class: 'filters' }, finder.node,
		button('Copy', 'copy-log', () => copy(pane.lines.join('\n') + '\n')),
		button('Download', 'download-log', () => download('runs/' +
			encodeURIComponent(id) + '/log?download=', id + '.log')),
		about, news);

	return { node: make('section', { 'aria-label': 'Log' }, tools, pane.node),
		follow: () => followLog(visit, id, pane, about),
		turn: () => { finder.turn(); pane.draw(); } };
}

/* Asks for more until the server says that nothing more will come. */
async function followLog(visit, id, pane, about) {
	const source = logSource(id, visit.signal);
	let failure = null;

	while (!source.ended && !visit.signal.aborted) {
		try {
			const text = await source.next();

			failure = null;
			if (source.dropped)
				pane.add('[lines between were dropped from the log]\n');
			pane.add(text);
			if (!source.ended && text === '')
				await nap(document.hidden ? 5000 : 1000);
		} catch (error) {
			failure = error;
			if (error.status === 404 || error.status === 410)
				break;
			await nap(5000);
		}
		put(about, failure !== null ? failure.message + '; it is tried again'
			: count(pane.lines.length, 'line') +
			(source.ended ? ', the end' : ', goes on'));
	}
	if (failure !== null)
		put(about, failure.message);
	pane.end();
}

/* It goes on at the end only for who is at the end; seen(behind) is told how
 * many lines have come that were not seen. */
function logPane(id, finder, seen) {
	const sizer = make('div', { class: 'sizer' });
	const node = make('div', { class: 'log', tabindex: 0, role: 'region',
		'aria-label': 'Log of ' + id, scroll: () => draw() }, sizer);
	const lines = [], nodes = [];
	let rest = '', behind = 0, widest = 0;

	const atEnd = () => node.scrollTop + node.clientHeight >=
		node.scrollHeight - LINE * 1.5;

	function add(text) {
		const follows = atEnd();
		const parts = (rest + text).split('\n');

		rest = parts.pop();
		for (const line of parts) {
			lines.push(line);
			widest = Math.max(widest, line.length);
		}
		if (parts.length === 0)
			return;
		finder.add(lines, parts.length);
		sizer.style.height = lines.length * LINE + 'px';
		sizer.style.minWidth = Math.min(widest, 20000) + 9 + 'ch';
		behind += parts.length;
		if (follows)
			node.scrollTop = node.scrollHeight;
		draw();
	}

	function draw() {
		const first = Math.max(0, Math.floor(node.scrollTop / LINE) - 8);
		const last = Math.min(lines.length, first + 16 +
			Math.ceil(node.clientHeight / LINE));

		if (atEnd())
			behind = 0;
		seen(behind);
		while (nodes.length < last - first)
			sizer.append(nodes[nodes.push(make('div',
				{ class: 'line' })) - 1]);
		nodes.forEach((line, i) => drawLine(line, first + i < last
			? first + i : -1));
	}

	function drawLine(line, at) {
		line.hidden = at < 0;
		if (at < 0)
			return;
		line.style.top = at * LINE + 'px';
		line.dataset.n = at + 1;
		finder.mark(line, lines[at], at);
	}

	function show(line) {
		if (line >= 0)
			node.scrollTop = Math.max(0, line * LINE - node.clientHeight / 2);
		draw();
	}

	function toEnd() {
		node.scrollTop = node.scrollHeight;
		node.focus({ preventScroll: true });
		draw();
	}

	new ResizeObserver(draw).observe(node);
	return { node, lines, add, draw, show, toEnd,
		end: () => rest === '' || add('\n') };
}

function nap(ms) {
	return new Promise(done => setTimeout(done, ms));
}

/* Reads a log piece by piece; a letter may be cut in two by the pieces. */
function logSource(id, signal) {
	const decoder = new TextDecoder();
	const source = { ended: false, at: '0-0', dropped: false };

	source.next = async () => {
		const answer = await ask('runs/' + encodeURIComponent(id) +
			'/log?after=' + source.at, { signal });
		const bytes = await answer.arrayBuffer();
		const first = answer.headers.get('Pulse-Log-First');

		source.dropped = source.at !== '0-0' && first !== null &&
			first !== source.at && bytes.byteLength > 0;
		source.at = answer.headers.get('Pulse-Log-Next') || source.at;
		source.ended = answer.headers.get('Pulse-Log-End') === 'true';
		return decoder.decode(bytes, { stream: true });
	};
	return source;
}

/* Finds text in the lines; show(line) brings one into view. */
function logFinder(visit, show) {
	const field = make('input', { type: 'search', id: 'log-find',
		placeholder: 'Find in the log', 'aria-label': 'Find in the log',
		value: visit.query.get('find') || '', input: () => {
			keepFilters({ ...Object.fromEntries(visit.query),
				find: field.value });
			search(true);
		}, keydown: event => {
			if (event.key === 'Enter')
				step(event.shiftKey ? -1 : 1);
		} });
	const tally = make('span', { role: 'status' }, '');
	const steps = [['\u2191', 'Previous', -1], ['\u2193', 'Next', 1]].map(
		([sign, words, by]) => button(sign, 'find-' + words.toLowerCase(),
			() => step(by), { 'aria-label': words, title: words }));
	let lines = [], hits = [], at = -1, wanted = field.value.toLowerCase();

	function scan(from) {
		for (let i = from; i < lines.length && wanted !== ''; i++)
			if (lines[i].toLowerCase().includes(wanted))
				hits.push(i);
		put(tally, wanted === '' ? '' : hits.length === 0 ? 'nothing found'
			: (at < 0 ? '' : whole.format(at + 1) + ' of ') +
			whole.format(hits.length) + (at < 0 ? ' found' : ''));
	}

	function search(moves) {
		wanted = field.value.toLowerCase();
		hits = [];
		at = -1;
		scan(0);
		if (moves)
			step(1);
	}

	function step(by) {
		if (hits.length === 0)
			return show(-1);
		at = at < 0 ? (by > 0 ? 0 : hits.length - 1)
			: (at + by + hits.length) % hits.length;
		scan(lines.length);
		show(hits[at]);
	}

	/* The text of a line, what was found in it marked. */
	function mark(node, text, line) {
		const place = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted);

		dress(node, 'data-hit', at >= 0 && hits[at] === line);
		if (place < 0) {
			if (node.childElementCount > 0)
				node.replaceChildren();
			return put(node, text);
		}
		return node.replaceChildren(shown(text.slice(0, place)),
			make('mark', {}, text.slice(place, place + wanted.length)),
			shown(text.slice(place + wanted.length)));
	}

	return { node: make('span', { class: 'finder' }, field, steps, tally), mark,
		add: (all, fresh) => { lines = all; scan(all.length - fresh); },
		turn: () => {
			field.value = visit.query.get('find') || '';
			search(false);
		} };
}

/* --- view: failures, of jobs and of what they fetch */

function putBack(row) {
	if (row.type === 'job')
		return may('operator') && button('Start', 'start',
			() => act(idOf(row), 'start'),
			{ 'aria-label': 'Start ' + idOf(row) });
	return may('operator') && button('Fetch now', 'put-back',
		() => act(idOf(row), 'put-back'),
		{ 'aria-label': 'Fetch now the failed items of ' + idOf(row) });
}

/* A name from outside may be long: all of it is in the title. */
function long(text) {
	return text === undefined || text === null || text === '' ? ''
		: make('bdi', { class: 'clip', title: String(text).slice(0, 2000) },
			text);
}

views.failures = { title: 'Failures', open(visit) {
	return listView(visit, { name: 'failures', key: row => [row.type,
		idOf(row), row.scope, row.entity, row.key].join(),
	caption: 'What failed, and when it is tried again',
	none: 'Nothing has failed.', columns: [
		['Job', jobLink],
		['What', row => row.type === 'job' ? 'the job: ' + row.state
			: long([row.scope, row.entity, row.key].filter(Boolean)
				.join(' ')), 'long'],
		['Class', row => [row.class || '', row.http ? ' ' + row.http : '']],
		['Failed', row => [row.failed ? timeOf(row.failed) : '',
			row.attempts > 1 ? ' (' + row.attempts + ' times)' : '']],
		['Tried again', row => [whenWords(row.next || row.not_before),
			row.why ? ': ' + row.why : '']],
		['Reason', row => long(row.reason), 'long'],
		['The way out', row => [row.command && shell(row.command),
			may('operator') && make('div', {}, putBack(row))], 'way']],
	filters: [filterBar(chooser(visit, 'job', 'Job ', jobIds()))],
	path: query => 'failures?' + new URLSearchParams(query.get('job')
		? { job: query.get('job').replace(/^\d+\./, ''),
			client: parseInt(query.get('job'), 10) } : {}),
	hears: changesRuns });
} };

/* A time, or words such as "a person" and "next run". */
function whenWords(text) {
	return isNaN(Date.parse(text || '')) ? text || '' : timeOf(text);
}

/* --- view: rejects */

const castoffs = { rejects: 'records that broke a rule',
	batch: 'a batch that could not be loaded',
	tail: 'what a failed fetch printed last' };

function rulesWords(rules) {
	return Object.keys(rules || {}).map(rule => rule + ' ' +
		number(rules[rule])).join(', ');
}

views.rejects = { title: 'Rejects', open(visit) {
	return listView(visit, { name: 'rejects', key: row => [row.client,
		row.queue, row.name].join('/'), caption: 'What was not loaded',
	none: 'Nothing was rejected.', columns: [
		['Queue', row => [row.client, '.', row.queue]],
		['What', row => castoffs[row.kind] || row.kind],
		['Lines', row => number(row.lines), 'right'],
		['Rules', row => long(rulesWords(row.rules)), 'long'],
		['Size', row => row.bytes >= 0 ? bytesOf(row.bytes) : '', 'right'],
		['Since', row => row.at ? timeOf(row.at) : ''],
		['The way out', row => [long(row.name), row.command &&
			shell(row.command)], 'way']],
	path: () => 'rejects', hears: changesRuns });
} };

/* --- view: services: quota, breaker, token of each */

views.services = { title: 'Services', open(visit) {
	const cards = make('div', { class: 'cards' });
	const look = async () => {
		try {
			const answer = await api('integrations', { signal: visit.signal });

			cards.replaceChildren(...answer.integrations.map(serviceCard));
			if (answer.integrations.length === 0)
				cards.append(make('p', { class: 'none' },
					'No job asks a service yet.'));
		} catch (error) {
			failed(visit, error);
		}
	};
	const lookSoon = gather(400, look);

	visit.room.append(cards);
	visit.reload = look;
	visit.hear = message => /^(breaker|job_(completed|error|started))/
		.test(message.type) && lookSoon();
	visit.tick = everySo(10, () => ageTimes(visit.room), 60, look);
	return look();
} };

const breakerLooks = { closed: ['FINISHED', 'good'], open: ['ERROR', 'bad'],
	half_open: ['warn', 'warn'] };

function serviceCard(row) {
	const breaker = row.breaker || {};

	return make('section', { class: 'card', 'data-integration': row.client +
		'.' + row.integration }, make('h2', {}, row.integration +
		(row.client > 0 ? ', client ' + row.client : '')), facts([
		['breaker', breakerWords(breaker)],
		['quota', row.quota && quotaWords(row.quota)],
		['token', row.token ? findingWords(row.token)
			: 'not checked yet: health-check does it, or sleep_job'],
		['API', row.api && findingWords(row.api)],
		['last success', row.last_success && timeOf(row.last_success)],
		['jobs', (row.jobs || []).map((job, i) => [i > 0 && ', ',
			jobLink({ client: row.client, job })])],
		['address', row.base_url],
	]), may('operator') && make('p', { class: 'row' },
		['open', 'closed', 'auto'].filter(to => to !== (breaker.override ||
			'auto').replace('forced_', '')).map(to => button(
			breakerActs[to], 'breaker-' + to, () => setBreaker(row, to),
			{ title: breakerTitles[to] }))));
}

function breakerWords(breaker) {
	const state = breaker.state || 'closed';

	return [badge(state.replace('_', ' '),
		...breakerLooks[state] || ['warn', 'warn']),
	breaker.override && breaker.override !== 'auto' ? ', by hand' : '',
	breaker.until ? [', until ', timeOf(breaker.until)] : '',
	breaker.failures > 0 ? ', ' + count(breaker.failures, 'failure') +
		' in a row' : ''];
}

function quotaWords(quota) {
	return [number(quota.remaining) + (quota.limit > 0 ? ' of ' +
		number(quota.limit) : '') + ' left',
	quota.reset ? [Date.parse(quota.reset) < clock.now() ? '; anew since '
		: '; anew ', timeOf(quota.reset)] : '',
	quota.at ? [', seen ', timeOf(quota.at, away)] : ''];
}

/* What health-check found, with when it will end. */
function findingWords(found) {
	return [levelBadge(found.level), ' ', found.message || '',
	found.expires && !/\bends\b/.test(found.message || '') ? ['; ends ', timeOf(found.expires)] : '',
	found.way_out ? ': ' + found.way_out : '',
	found.at ? [' (seen ', timeOf(found.at, away), ')'] : ''];
}

const breakerActs = { open: 'Hold it open', closed: 'Hold it closed',
	auto: 'Leave it to its runs' };
const breakerTitles = { open: 'Treat the service as down: its jobs wait',
	closed: 'Treat the service as up, whatever its runs show',
	auto: 'Its runs decide again' };

function setBreaker(row, to) {
	const form = openAsk(breakerActs[to] + '?', [make('p', {},
		breakerTitles[to] + ' (' + row.integration + ', client ' + row.client +
		').'), askReason()], async () => {
		const answer = await command('breakers/' +
			encodeURIComponent(row.integration), { ...bodyOf(form), to,
			client: row.client });

		if (answer !== null) {
			toast(answer.message || row.integration + ': ' + to);
			visit && visit.reload && visit.reload();
		}
	}, breakerActs[to]);
}

/* --- view: health */

const levelLooks = { fail: ['ERROR', 'bad'], warn: ['warn', 'warn'],
	note: ['NOT_STARTED', 'rest'], ok: ['FINISHED', 'good'] };
const levels = Object.keys(levelLooks);

function levelBadge(level) {
	return badge(level, ...levelLooks[level] || ['warn', 'rest']);
}

function healthFacts(answer) {
	const database = found => found.error || (found.there ? 'well'
		: 'there is none yet');

	return [
		['all in all', answer.well ? badge('well', ...levelLooks.ok)
			: badge('not well', ...levelLooks.fail)],
		['scheduler', answer.scheduler ? 'runs' : 'does not run'],
		['failing', [...known.jobs.values()].filter(job => job.state ===
			'ERROR').map((job, i) => [i > 0 && ', ', jobLink(job)])],
		['overdue', (answer.overdue || []).join(', ')],
		['damaged', answer.damaged > 0 && count(answer.damaged,
			'status file')],
		['pulse.db', answer.database && database(answer.database)],
		['state.db', answer.state && database(answer.state)],
		['checked', answer.checked_at ? timeOf(answer.checked_at)
			: 'not yet: sleep_job does it, or health-check'],
		['version', answer.version],
	];
}

const percent = share => share === null || share === undefined ? ''
	: tenths.format(share * 100) + ' %';

/* The last batch of each type of record, and what was ever rejected of it. */
function qualityTable() {
	return sheet('Quality of what was fetched last', [
		['Type', row => [row.type, known.several && row.client > 0
			? ', client ' + row.client : '']],
		['Checked', row => number(row.checked), 'right'],
		['Rejected', row => row.rejected > 0 ? make('a',
			{ href: address('rejects') }, number(row.rejected)) : '0', 'right'],
		['Complete', row => percent(row.completeness), 'right'],
		['Accurate', row => percent(row.accuracy), 'right'],
		['Consistent', row => percent(row.consistency), 'right'],
		['In time', row => percent(row.timeliness), 'right'],
		['Rejected ever', row => number(row.rejected_ever), 'right'],
		['Rules', row => long(rulesWords(row.rules)), 'long'],
		['When', row => row.at ? timeOf(row.at) : '']],
	row => row.client + '.' + row.type);
}

function findingsTable(caption) {
	return sheet(caption, [
		['Level', row => levelBadge(row.level)],
		['Check', row => row.check],
		['Of', row => [row.subject, row.client > 0 && 'client ' + row.client]
			.filter(Boolean).join(', ')],
		['Finding', row => long(row.message), 'long'],
		['The way out', row => long(row.way_out), 'long']],
	row => [row.check, row.subject, row.client, row.message].join());
}

/* A table behind its summary: told(rows) says what is in it. */
function folded(part, table, told, open) {
	const summary = make('summary', {}, '');
	const node = make('details', { 'data-part': part, open, hidden: true },
		summary, table.node);

	return { node, draw(rows) {
		table.draw(rows);
		put(summary, told(rows));
		node.hidden = rows.length === 0;
	} };
}

function qualityTold(rows) {
	const rejected = rows.reduce((sum, row) => sum + row.rejected, 0);

	return 'Quality of ' + count(rows.length, 'type') + ' of records: ' +
		(rejected === 0 ? 'nothing rejected of the last batches'
		: number(rejected) + ' rejected of the last batches');
}

views.health = { title: 'Health', open(visit) {
	const sum = make('div', {});
	const table = findingsTable('What health-check found, the worst first');
	const well = folded('well', findingsTable('What is well'),
		rows => count(rows.length, 'check is', 'checks are') + ' well', false);
	const quality = folded('quality', qualityTable(), qualityTold,
		matchMedia('(min-width: 52rem)').matches);
	const look = async () => {
		try {
			const answer = await api('health', { signal: visit.signal });
			const measured = await api('quality', { signal: visit.signal });
			const rows = answer.findings.sort((a, b) =>
				levels.indexOf(a.level) - levels.indexOf(b.level));

			sum.replaceChildren(facts(healthFacts(answer)));
			table.draw(rows.filter(row => row.level !== 'ok'));
			table.node.hidden = rows.every(row => row.level === 'ok');
			well.draw(rows.filter(row => row.level === 'ok'));
			quality.draw(measured.quality);
		} catch (error) {
			failed(visit, error);
		}
	};

	visit.room.append(sum, table.node, well.node, quality.node);
	visit.reload = look;
	visit.tick = everySo(10, () => ageTimes(visit.room), 60, look);
	return look();
} };

/* --- view: figures -------------------------------------------------------- */

/* What is drawn below the cards: a heading, the metric, and how: the grouping
 * (GROUP stands for the one that was chosen) and the kind of picture. */
const pictures = [
	['Lead time by stage', 'lead_time', { by: 'GROUP',
		chart: 'parts coding pickup review deploy' }],
	['Stages by week', 'lead_time', { by: 'week',
		chart: 'trend coding pickup review deploy' }],
	['Velocity: committed and done, by sprint', 'velocity', { by: 'sprint',
		chart: 'bars committed whole' }],
	['Burndown of the latest sprints', 'burndown', {}],
	['Cycle time of each issue', 'cycle_time', {}],
	['Cumulative flow', 'cumulative_flow', { by: 'day',
		chart: 'flow done in_progress todo' }],
	['Quality of the data', 'quality', {}],
];

const bandLooks = { elite: ['\u2605', 'good'], high: ['\u25b2', 'good'],
	medium: ['\u25c6', 'warn'], low: ['\u25bc', 'bad'] };
const spans = [['30d', '30 days'], ['', '90 days'], ['180d', '180 days'],
	['365d', 'a year']];
const groups = ['team', 'repo', 'service'];

function figuresBar(visit, bands) {
	const clients = [...new Set([...known.jobs.values()].map(job => job.client))]
		.filter(id => id > 0).sort((a, b) => a - b);

	return filterBar(...[picker(visit, 'since', 'Of the last ', spans),
		picker(visit, 'by', 'By ', orAll(groups)),
		picker(visit, 'bands', 'Bands ', [['', 'dora-2023'], ...bands.filter(set =>
			set !== 'dora-2023').map(set => [set, set])]),
		clients.length > 1 && picker(visit, 'client', 'Client ',
			[['', '1'], ...clients.filter(id => id !== 1).map(id => [id, id])])]
		.filter(Boolean));
}

/* The filters that any metric has. */
function figureFilters(visit) {
	return Object.fromEntries(['since', 'bands', 'client'].map(name =>
		[name, visit.query.get(name) || '']));
}

/* The address of a metric in the API. */
function metricPath(visit, metric, more) {
	return 'metrics/' + encodeURIComponent(metric) + '?' +
		new URLSearchParams(Object.entries({ ...figureFilters(visit),
			...more }).filter(pair => pair[1]));
}

/* Buttons that save it; more: what is asked for. */
function figureSavers(visit, metric, more, name) {
	return ['csv', 'json'].map(format => button('.' + format,
		'save-' + format, () => download(metricPath(visit, metric,
			{ ...more, format }), name + '.' + format),
		{ class: 'plain', 'aria-label': name + ' as ' + format }));
}

function figureLinks(visit, metric, by) {
	const rows = address('rows', { ...Object.fromEntries(visit.query), by,
		metric });

	return make('p', { class: 'row small' },
		make('a', { href: rows }, 'The rows behind it'),
		figureSavers(visit, metric, { by }, metric));
}

function definition(about) {
	return make('details', {}, make('summary', {}, 'Definition'),
		make('p', {}, make('em', {}, about.help)),
		make('pre', { class: 'def' }, about.definition),
		about.bands && make('p', {}, about.bands.set + ': ' +
			about.bands.limits.join(', ')));
}

function bandBadge(figure) {
	const [shape, tone] = bandLooks[figure.band] || ['', 'rest'];

	return make('span', { class: 'band', 'data-tone': tone },
		make('span', { 'aria-hidden': 'true' }, shape + ' '), figure.band);
}

function bandWords(about, figure) {
	if (figure.band)
		return bandBadge(figure);
	return figure.value !== null && figure.few ? 'not enough data for a band'
		: '';
}

/* A line without axes; nothing of fewer than two points. */
function spark(about, points) {
	const had = points.map((point, place) => ({ ...point, place }))
		.filter(point => point.value !== null);

	if (had.length < 2)
		return null;
	const first = had[0], last = had[had.length - 1];
	const most = Math.max(...had.map(point => point.value)) || 1;
	const x = point => 5 + point.place / (points.length - 1) * 140;
	const y = point => 27 - point.value / most * 22;
	const line = had.map((point, i) => (i > 0 && had[i - 1].place ===
		point.place - 1 ? 'L' : 'M') + x(point).toFixed(1) + ' ' +
		y(point).toFixed(1)).join('');

	return shape('svg', { viewBox: '0 0 150 32', class: 'pic', role: 'img',
		'aria-label': 'Trend of ' + about.title + ' from ' + first.text +
		' (' + first.period + ') to ' + last.text + ' (' + last.period + ')' },
	shape('path', { class: 'l0', d: line }),
	shape('path', { class: 'f0', d: 'M' + (x(last) - 3) + ' ' + y(last) +
		'a3 3 0 1 0 6 0a3 3 0 1 0-6 0z' }));
}

function metricCard(visit, about) {
	const figure = about.figures.find(one => one.part === null) ||
		{ text: 'no data', n: 0, value: null };

	return make('article', { class: 'card', 'data-metric': about.metric },
		make('h3', {}, about.title),
		make('p', { class: 'value' }, figure.text),
		make('p', { class: 'band-line' }, about.bands
			? bandWords(about, figure) : ''),
		make('p', { class: 'n' }, 'n = ' + number(figure.n) + ' ' +
			about.counts + (about.bands ? '; ' + about.bands.set : ''),
		figure.note ? '; ' + figure.note : ''),
		about.trend && spark(about, about.trend), definition(about),
		figureLinks(visit, about.metric, ''));
}

/* Each group's figures, side by side. */
function groupTable(visit, metrics, by) {
	const names = [...new Set(metrics.flatMap(about => about.figures
		.filter(one => one.part === null).map(one => one.group)))];
	const table = sheet('By ' + by, [['Of', row => make('bdi', {}, row.name)],
		...metrics.map((about, i) => [about.title, row => row.figures[i] && [
			row.figures[i].text, ' ', row.figures[i].band
				? bandBadge(row.figures[i]) : '']])],
	row => row.name);

	table.draw(names.map(name => ({ name, figures: metrics.map(about =>
		about.figures.find(one => one.group === name && one.part === null)) })));
	return names.length > 0 ? wide('By ' + by, table.node)
		: make('p', { class: 'none' }, 'There is no ' + by + ' with figures.');
}

/* The figures of a picture, for who does not see it. */
function twin(about) {
	const table = sheet(about.title, [
		['Of', row => make('bdi', {}, row.group)],
		['Period', row => row.period || ''],
		['Part', row => row.part || 'whole'],
		['Figure', row => row.text, 'right'],
		['n', row => number(row.n), 'right']],
	row => [row.group, row.period, row.part].join());

	table.draw(about.figures.filter(row => row.value !== null).slice(-500));
	return table.node;
}

/* Two pictures may be of one metric: ids and what names them get the place. */
function tellApart(root, place) {
	for (const node of [root, ...root.querySelectorAll('[id], [fill^=url]')])
		for (const [name, was, now] of [['id', /$/, '.' + place],
			['aria-labelledby', /(?= |$)/g, '.' + place],
			['fill', /^(url\(#[^)]*)/, '$1.' + place]])
			if (node.hasAttribute(name))
				node.setAttribute(name, node.getAttribute(name)
					.replace(was, now));
	return root;
}

/* Only what is an SVG through and through comes into the page. */
function pictureOf(text, place) {
	const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
	const root = parsed.documentElement;

	if (root.namespaceURI !== vector || root.localName !== 'svg' ||
		parsed.querySelector('parsererror, script, style, foreignObject'))
		throw new Error('the picture is none');
	return document.importNode(tellApart(root, place), true);
}

function groupingOf(visit, known, plan) {
	const group = visit.query.get('by') || '';
	const by = (plan.by || '').replace('GROUP', group);

	return group !== '' && by === '' && !plan.chart &&
		known.groupings.includes(group) ? group : by;
}

async function drawPicture(visit, room, plan, all) {
	const [title, metric, how] = plan;
	const about = all.find(one => one.metric === metric);
	const by = groupingOf(visit, about, how);
	const figures = make('details', { toggle: async () => {
		if (!figures.open || figures.dataset.full)
			return;
		figures.dataset.full = 'yes';
		try {
			figures.append(twin(await api(metricPath(visit, metric, { by }),
				{ signal: visit.signal })));
		} catch (error) {
			delete figures.dataset.full;
			complain(error);
		}
	} }, make('summary', {}, 'Figures'));
	const answer = await ask(metricPath(visit, metric, { by, format: 'svg',
		bare: 1, chart: how.chart }), { signal: visit.signal });

	room.replaceChildren(make('figcaption', {}, title + (by !== '' &&
		by === visit.query.get('by') ? ', by ' + by : '')),
	pictureOf(await answer.text(), pictures.indexOf(plan)), figures, definition(about),
	figureLinks(visit, metric, by));
	room.removeAttribute('aria-busy');
}

function notDrawn(room, why) {
	room.replaceChildren(room.firstChild, make('p', { class: 'none' }, why));
	room.removeAttribute('aria-busy');
}

/* One that fails leaves the others. */
async function tryPicture(visit, room, plan, all) {
	try {
		await drawPicture(visit, room, plan, all);
	} catch (error) {
		if (error.name !== 'AbortError')
			notDrawn(room, error.message);
	}
}

function noFigures(why) {
	return make('div', { class: 'none' }, make('p', {},
		'No data yet: ' + why + '.'),
	make('p', {}, 'Get some at a terminal: ', shell('pulse start github_job'),
		shell('pulse start jira_job'), ' or press Start in ',
		make('a', { href: address('jobs') }, 'Jobs'), '.'));
}

views.figures = { title: 'Figures', open(visit) {
	const cards = make('div', { class: 'cards', 'aria-busy': 'true' });
	const byGroup = make('div', {});
	const rooms = pictures.map(plan => make('figure', { class: 'card',
		'aria-busy': 'true', 'data-metric': plan[1] },
	make('figcaption', {}, plan[0]), make('p', { class: 'none' }, 'loading')));
	let all = null, bar = null;

	async function load() {
		const by = visit.query.get('by') || '';

		try {
			const dora = await api(metricPath(visit, 'dora', { trend: 'week' }),
				{ signal: visit.signal });

			cards.replaceChildren(...dora.metrics.map(about =>
				metricCard(visit, about)));
			cards.removeAttribute('aria-busy');
			byGroup.replaceChildren(...by === '' ? [] : [groupTable(visit,
				(await api(metricPath(visit, 'dora', { by }),
					{ signal: visit.signal })).metrics, by)]);
			for (let i = 0; i < pictures.length; i++)
				await tryPicture(visit, rooms[i], pictures[i], all);
		} catch (error) {
			if (error.code === 'no_data')
				visit.room.replaceChildren(bar, noFigures(error.message));
			else
				failed(visit, error);
			rooms.filter(room => room.ariaBusy).forEach(room =>
				notDrawn(room, 'not drawn'));
		}
	}

	async function begin() {
		try {
			const [list, health] = await Promise.all(['metrics', 'health']
				.map(path => api(path, { signal: visit.signal })));

			all = list.metrics;
			bar = figuresBar(visit, list.bands || []);
			visit.room.replaceChildren(bar, make('h2', {}, 'DORA'), cards,
				byGroup, make('h2', {}, 'Flow and sprints'),
				make('div', { class: 'pictures' }, rooms));
			if (health.database.there)
				await load();
			else
				visit.room.replaceChildren(bar, noFigures(
					'nothing has been fetched yet'));
		} catch (error) {
			failed(visit, error);
		}
	}

	visit.turn = () => {
		if (bar)
			bar.turn();
		load();
	};
	visit.reload = begin;
	visit.tick = everySo(300, () => link.way !== 'lost' && load());
	return begin();
} };

/* --- view: the rows behind a figure */

function rowCell(row, name) {
	const value = row[name];

	if (value === null || value === undefined)
		return '';
	if (name.endsWith('_at'))
		return make('time', { datetime: value, title: value },
			stampOf(Date.parse(value)));
	return typeof value === 'number' ? Number.isInteger(value) ? String(value)
		: tenths.format(value) : long(value);
}

/* The way to what a row is about, at GitHub or Jira. */
function rowLink(row) {
	const words = row.key || (row.number ? '#' + row.number : row.id || 'open');

	return /^https?:\/\//.test(row.url || '') && make('a', { href: row.url,
		rel: 'noreferrer noopener' }, make('bdi', {}, words));
}

/* Without columns that say nothing. */
function rowColumns(rows) {
	const names = Object.keys(rows[0] || {}).filter(name => name !== 'url' &&
		rows.some(row => row[name] !== null &&
			(name !== 'group' || row[name] !== 'all')));

	return [...rows.some(row => row.url) ? [['Open', rowLink]] : [],
		...names.map(name => [name.replaceAll('_', ' '),
			row => rowCell(row, name),
			typeof rows[0][name] === 'number' ? 'right' : undefined])];
}

/* What is wider than the page moves by itself, by the keyboard too. */
function wide(label, ...inner) {
	return make('div', { class: 'wide', tabindex: 0, role: 'region',
		'aria-label': label }, inner);
}

views.rows = { title: 'Rows', within: 'figures', open(visit) {
	const metric = visit.query.get('metric') || '';
	const by = visit.query.get('by') || '';

	async function load() {
		try {
			const answer = await api(metricPath(visit, metric, { by, rows: 1 }),
				{ signal: visit.signal });
			const table = sheet(count(answer.rows.length, 'row') + ' behind ' +
				answer.title, rowColumns(answer.rows),
			row => answer.rows.indexOf(row));
			let shownRows = 100;
			const more = button('Show more', 'more-rows', () => show(500));
			const show = further => {
				shownRows += further;
				table.draw(answer.rows.slice(0, shownRows));
				more.hidden = shownRows >= answer.rows.length;
			};

			show(0);
			visit.room.replaceChildren(make('p', { class: 'row' },
				make('a', { href: address('figures', figureFilters(visit)) },
					'All figures'),
				figureSavers(visit, metric, { by, rows: 1 },
					metric + '-rows')),
			answer.rows.length === 0 ? make('p', { class: 'none' },
				'No rows in this time.') : wide('Rows', table.node), more,
			facts(Object.entries(answer.columns)));
		} catch (error) {
			failed(visit, error);
		}
	}

	visit.reload = load;
	return load();
} };

/* --- the frame ------------------------------------------------------------ */

const banners = {
	link: () => link.way === 'lost' && ['bad', link.lostAt > 0
		? 'Live link lost, data from ' + stamps.second.format(link.lostAt) +
			'. ' : 'pulse-web does not answer. ',
		make('span', { id: 'retry' }), ' ',
		button('Try now', 'retry-link', wakeUp)],
	latch: () => known.latched && ['bad',
		'Emergency stop: nothing starts. The way out: ',
		wayOut('pulse start orchestrator', 'Start the orchestrator')],
	held: () => !known.latched && known.held && ['warn',
		'The orchestrator is stopped: nothing starts, what runs goes on. ',
		wayOut('pulse start orchestrator', 'Start the orchestrator')],
	scheduler: () => !known.scheduler && ['warn',
		'No scheduler is running: nothing starts by itself, and this is as ' +
		'of its last word. The way out: ', make('code', {},
			'systemctl start pulse-sched'), ' or ',
		make('code', {}, 'pulse-sched')],
};

function wayOut(words, label) {
	return may('admin') ? button(label, 'orchestrator-start',
		startOrchestrator) : make('code', {}, words);
}

function drawBanners() {
	for (const name of Object.keys(banners)) {
		const old = document.querySelector('.banner[data-about=' + name + ']');
		const parts = banners[name]();
		const key = parts ? parts.filter(part => typeof part === 'string')
			.join('') + document.documentElement.dataset.role : '';

		if (old && old.dataset.key === key)
			continue;
		if (old)
			old.remove();
		if (parts)
			byId('banners').append(make('div', { class: 'banner',
				'data-about': name, 'data-tone': parts[0], 'data-key': key,
				role: 'alert' }, make('p', {}, icon('warn'), ' ',
				parts.slice(1))));
	}
	drawTitle();
	dress(byId('link'), 'data-link', link.way);
	put(byId('link'), linkWords[link.way]);
	dress(byId('link'), 'title', known.at > 0
		? 'data from ' + stamps.second.format(known.at) : null);
}

/* Once a second, and not while nobody looks. */
function tick() {
	const retry = byId('retry');

	if (document.hidden)
		return;
	if (retry)
		put(retry, 'It is tried again in ' +
			span(Math.max(0, link.retryAt - Date.now())) + '.');
	if (visit && visit.tick)
		visit.tick();
	provePulse();
}

function readAddress() {
	const at = location.hash.slice(2).split('?');

	return { name: views[at[0]] ? at[0] : 'jobs',
		query: new URLSearchParams(at[1] || '') };
}

/* The view that the address names. */
function route() {
	const { name, query } = readAddress();

	if (known.me === null || (location.hash !== '' &&
		!location.hash.startsWith('#/')))
		return;
	if (visit && visit.name === name && visit.turn) {
		visit.query = query;
		visit.turn(query);
	} else {
		openView(name, query);
	}
}

function openView(name, query) {
	const leave = new AbortController();
	const first = visit === null;

	if (visit)
		visit.leave();
	visit = { name, query, room: make('div', { class: 'view' }),
		signal: leave.signal, leave: () => leave.abort() };
	byId('room').replaceChildren(visit.room);
	document.documentElement.dataset.view = name;
	setTitle(views[name].title);
	for (const anchor of document.querySelectorAll('#views a'))
		dress(anchor, 'aria-current', anchor.dataset.view === name ? 'page'
			: anchor.dataset.view === views[name].within ? 'true' : null);
	views[name].open(visit);
	if (!first) {
		scrollTo(0, 0);
		byId('main').focus({ preventScroll: true });
	}
}

function setTitle(words) {
	put(byId('title'), words);
	drawTitle();
}

/* A tab that is not in front tells what is wrong, too. */
function drawTitle() {
	const failing = [...known.jobs.values()].filter(job =>
		toneOf(job) === 'bad' && !job.disabled).length;
	const signed = known.me !== null;
	const parts = [link.way === 'lost' && 'not live',
		signed && known.latched && 'emergency stop',
		signed && failing > 0 && count(failing, 'failed', 'failed'),
		signed && byId('title').textContent, 'Pulse'].filter(Boolean);
	const words = [...new Set(parts)].join(' - ');

	if (document.title !== words)
		document.title = words;
}

/* Jobs and figures are what most people come for. */
const firstViews = ['jobs', 'figures'];

function mainViews() {
	return [...firstViews, ...Object.keys(views).filter(name =>
		!views[name].within && !firstViews.includes(name))];
}

function drawViews() {
	byId('views').replaceChildren(...mainViews().map(name =>
		make('li', {}, make('a', { href: address(name), 'data-view': name },
			views[name].title))));
}

/* --- sign-in */

function keepToken(token) {
	known.token = token;
	kept.set(sessionStorage, 'token', token);
}

function takeToken() {
	const found = /^#(?:token=)?(pulse_[\w-]+)/.exec(location.hash);

	if (!found)
		return false;
	keepToken(found[1]);
	history.replaceState(null, '', location.pathname + location.search);
	return true;
}

function setMe(me) {
	known.me = me;
	document.documentElement.dataset.role = me ? me.role : 'none';
	byId('emergency').hidden = !may('admin');
	byId('views').hidden = me === null;
	byId('who').replaceChildren(...me === null ? [] : ['You are ' +
		shown(me.name || 'here') + ', ' + me.role, me.until ? ' until ' : '',
	me.until ? timeOf(me.until, stampOf) : '', '. ', known.token === '' ? ''
		: button('Sign out', 'sign-out', () => signIn(false),
			{ class: 'plain' })]);
}

/* A link opened in a new tab brings no token: the tab that has one gives it.
 * Only pages of the same origin hear this. */
const tabs = window.BroadcastChannel ? new BroadcastChannel('pulse') : null;

function shareToken() {
	if (tabs === null)
		return;
	tabs.onmessage = ({ data }) => {
		if (data.wanted && known.token !== '' && known.me !== null)
			tabs.postMessage({ token: known.token });
		else if (data.token && known.token === '' && byId('signin'))
			useToken(data.token);
	};
}

function useToken(token) {
	keepToken(token);
	if (byId('signin'))
		byId('signin').remove();
	begin();
}

/* ended: what there was is not taken (any more). */
function signIn(ended) {
	if (byId('signin'))
		return;
	const had = known.token !== '';
	const token = make('input', { id: 'token', type: 'password', required: true,
		autocomplete: 'off', spellcheck: 'false' });
	const form = make('form', { id: 'signin', submit: event => {
		event.preventDefault();
		useToken(token.value.trim());
	} }, make('h2', {}, 'Sign in'),
	had && ended && make('p', { role: 'alert' }, 'The token is not taken: it ' +
		'has ended, was taken away, or is another.'),
	make('label', {}, 'Token', token),
	make('p', {}, make('button', { class: 'first' }, 'Sign in')),
	make('p', { class: 'note' }, 'An admin makes one with ',
		make('code', {}, 'pulse token add --role viewer'),
		'. It stays in this tab.'));

	if (visit)
		visit.leave();
	visit = null;
	keepToken('');
	setMe(null);
	link.turn++;
	link.end && link.end();
	link.wake && link.wake();
	setLink('out');
	byId('room').replaceChildren(form);
	token.focus();
	if (!had && tabs !== null) /* who signs out stays so */
		tabs.postMessage({ wanted: true });
}

/* Who are we, and what is there?  Again and again until somebody answers. */
async function begin() {
	const turn = ++link.turn;

	link.end && link.end();
	while (turn === link.turn) {
		try {
			const me = await api('me');

			await loadJobs();
			if (turn !== link.turn)
				return;
			setMe(me);
			route();
			stayLinked(turn);
			return;
		} catch (error) {
			if (error.status === 401)
				return;
			await waitLost(3000);
		}
	}
}

/* --- colours */

const themes = ['', 'light', 'dark'];

function setTheme(theme) {
	document.documentElement.dataset.theme = theme;
	put(byId('theme'), 'Colours: ' + (theme || 'system'));
	kept.set(localStorage, 'theme', theme);
}

function nextTheme() {
	setTheme(themes[(themes.indexOf(document.documentElement.dataset.theme) +
		1) % themes.length]);
}

function drawZone() {
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	const short = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })
		.formatToParts(new Date()).find(part => part.type === 'timeZoneName');

	put(byId('zone'), zone === short.value ? 'Times are in ' + zone + '.'
		: 'Times are in ' + zone + ' (' + short.value +
		'); UTC is in their titles.');
}

/* --- keys: single letters, for who wants them */

const shortcuts = [
	['?', 'these keys', () => showKeys()],
	['/', 'to the search', () => focusOn('input[type=search]')],
	['j', 'the next job or row', () => stepRow(1)],
	['k', 'the one before', () => stepRow(-1)],
	['t', 'colours: system, light, dark', () => nextTheme()],
	['r', 'ask for everything again', () => refresh()],
];

function focusOn(selector) {
	const node = byId('main').querySelector(selector);

	if (node)
		node.focus();
}

/* From link to link of what is listed. */
function stepRow(by) {
	const list = [...byId('main').querySelectorAll(
		'.job h2 a, .sheet tbody tr a:first-of-type')];
	const row = document.activeElement.closest('.job, tr');
	const at = list.findIndex(node => row !== null && row.contains(node));
	const to = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];

	if (to) {
		to.focus();
		to.scrollIntoView({ block: 'nearest' });
	}
}

function refresh() {
	wakeUp();
	loadJobs().catch(complain);
	if (visit && visit.reload)
		visit.reload();
}

function showKeys() {
	const on = kept.get(localStorage, 'keys') !== 'off';
	const rows = shortcuts.map(([key, words]) => [key, words]).concat(
		mainViews().map((name, i) => [String(i + 1), views[name].title]),
		[['Esc', 'close what is open'], ['\u2190 \u2192',
			'from run to run in a strip']]);

	openAsk('Keys', [facts(rows.map(([key, words]) =>
		[make('kbd', {}, key), words])),
	make('label', { class: 'check' }, make('input', { type: 'checkbox',
		id: 'keys-on', checked: on, change: event => kept.set(localStorage,
			'keys', event.target.checked ? 'on' : 'off') }),
	make('span', {}, 'Single keys do something'))], null, 'Close');
}

function pressed(event) {
	const typing = event.target.closest('input, select, textarea, dialog');
	const key = event.key;
	const name = mainViews()[Number(key) - 1];
	const found = shortcuts.find(shortcut => shortcut[0] === key);

	if (typing || event.ctrlKey || event.metaKey || event.altKey ||
		known.me === null || (kept.get(localStorage, 'keys') === 'off' &&
		key !== '?'))
		return;
	if (name)
		location.hash = address(name);
	else if (found)
		found[2]();
	else
		return;
	event.preventDefault();
}

function main() {
	takeToken();
	known.token = known.token || kept.get(sessionStorage, 'token');
	setTheme(kept.get(localStorage, 'theme'));
	setLink('joining');
	shareToken();
	drawViews();
	drawZone();
	byId('theme').addEventListener('click', nextTheme);
	byId('emergency').addEventListener('click', askEmergency);
	byId('help').addEventListener('click', showKeys);
	document.addEventListener('keydown', pressed);
	byId('skip').addEventListener('click', event => {
		event.preventDefault();
		byId('main').focus();
	});
	addEventListener('hashchange', () => takeToken() ? begin() : route());
	addEventListener('online', wakeUp);
	document.addEventListener('visibilitychange', () =>
		document.hidden || wakeUp());
	setInterval(tick, 1000);
	begin();
}

main();
