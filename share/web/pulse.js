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
 *   html[data-link]      joining, socket, stream, poll, lost
 *   html[data-role]      viewer, operator, admin; none before sign-in
 *   html[data-view]      jobs, job, runs, run, failures, rejects, ...
 *   #link #banners #emergency #theme #help #toasts #say #ask #title #zone
 *   #views a[data-view]  the navigation
 *   #signin              the form; #token its field
 *   .banner[data-about]  link, latch, held, scheduler
 *   [data-job=CLIENT.JOB]  a row of jobs; with data-state, data-tone; in it
 *     .state .note .strip [role=progressbar] .far-text .last .next
 *   button[data-action]  start stop pause resume more put-back reset,
 *     emergency-stop, orchestrator-start, undo, retry-link
 *   #chips button[data-filter]  a state, or client:N; #find the text
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
	for (const part of inner.flat(2))
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

function icon(name) {
	const node = document.createElementNS(vector, 'svg');
	const use = document.createElementNS(vector, 'use');

	node.setAttribute('class', 'icon');
	node.setAttribute('aria-hidden', 'true');
	use.setAttribute('href', '#i-' + name);
	node.append(use);
	return node;
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
	return moment(make('time'), iso, words);
}

/* --- what is known -------------------------------------------------------- */

const known = {
	token: '',
	me: null,	 /* {role, ...} */
	jobs: new Map(), /* "CLIENT.JOB" to the keys of its status line */
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

/* The view hears of it with the next frame, of all changes at once. */
function changes(id) {
	if (changed.size === 0)
		setTimeout(tellChanges, document.hidden ? 500 : 16);
	changed.add(id);
}

function tellChanges() {
	const ids = changed;

	changed = new Set();
	if (visit && visit.patch)
		visit.patch(ids);
	drawBanners();
}

/* An older row than what an event has said is no news: false. */
function takeJob(row) {
	const id = idOf(row), old = known.jobs.get(id);

	if (old && old.seq > row.seq)
		return false;
	known.jobs.set(id, { runs: old && old.runs, ...row });
	changes(id);
	return true;
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
	if (answer.ok)
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
		rows.rest = answer;
		after = answer.next || '';
	} while (after !== '' && rows.length < most);
	rows.more = after !== '';
	return rows;
}

function jobPath(id, rest) {
	return 'jobs/' + encodeURIComponent(id) + (rest || '');
}

async function loadJobs() {
	const rows = await pages('jobs?limit=1000', 'jobs', 100000);

	takeJobs({ ...rows.rest, jobs: rows });
}

/* --- the live link -------------------------------------------------------- */

const link = {
	way: 'joining',
	lostAt: 0, retryAt: 0,
	heard: 0,	 /* when the last message came */
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

const linkWords = { joining: 'connecting', socket: 'live', stream: 'live',
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

/* Each way returns true when messages came by it, once it has ended. */
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
		socket.onmessage = message => {
			came = true;
			setLink('socket');
			hear(message.data);
		};
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
	let rest = '', came = false;

	link.end = () => stop.abort();
	try {
		for (;;) {
			const { value, done } = await reader.read();

			if (done)
				return came;
			const lines = (rest + value).split(/\r?\n/);

			rest = lines.pop();
			link.heard = Date.now();
			came = true;
			setLink('stream');
			lines.filter(line => line.startsWith('data:'))
				.forEach(line => hear(line.slice(5)));
		}
	} catch (error) {
		return came;
	}
}

/* Asks each five seconds, for half a minute: then the others are tried. */
async function byPolling() {
	for (let turn = 0; turn < 6; turn++) {
		await loadJobs();
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

async function stayLinked() {
	let failures = 0;

	while (known.me !== null) {
		const began = Date.now();
		const pushed = await tryWay(bySocket) || await tryWay(byStream);

		if (!pushed && await tryWay(byPolling)) {
			failures = 0;
			continue;
		}
		failures = pushed && Date.now() - began > 5000 ? 1 : failures + 1;
		setLink('lost');
		const wait = Math.min(30000, 500 * 2 ** Math.min(failures, 7)) *
			(0.5 + Math.random() / 2);

		link.retryAt = Date.now() + wait;
		await pause(wait);
	}
}

/* A link may die without a word: after some silence it has to prove itself. */
async function provePulse() {
	const pushed = link.way === 'socket' || link.way === 'stream';

	if (!pushed || Date.now() - link.heard < 30000)
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
	if (message.gen)
		known.gen = message.gen;
	if (message.seq)
		known.seq = message.seq;
	if (message.type === 'snapshot')
		takeJobs(message);
	else if (message.type === 'job_progress')
		takeProgress(message);
	else if (message.job_name !== undefined)
		takeEvent(message);
	else
		takeOther(message);
	if (visit && visit.hear)
		visit.hear(message);
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
	} else {
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
	job.reason = message.reason;
	job.want = message.want;
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
	takeTop(message);
	if (message.type !== 'log_opened')
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
			if (!takeJob(row.status || row))
				fetchSoon(idOf(row.status || row), 400);
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
		tell(message.type.replace(/_/g, ' '));
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

	node.append(button('Close', 'close', end, { class: 'plain',
		'aria-label': 'Close this message' }));
	byId('toasts').append(node);
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

function openAsk(title, inner, doIt, words) {
	const dialog = byId('ask');
	const form = make('form', { method: 'dialog', submit: event => {
		event.preventDefault();
		dialog.close();
		doIt();
	} }, make('h2', { id: 'ask-title' }, title), inner,
	make('p', { class: 'row' },
		make('button', { 'data-action': 'do', class: 'first' }, words),
		button('Cancel', 'cancel', () => dialog.close())));

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
			body[name] = true;
	}
	return body;
}

function askStop(id) {
	const form = openAsk('Stop ' + id + '?', [
		make('p', {}, 'Its run is ended: it has ten seconds to finish what ' +
			'it is at. What was stored stays; the next run goes on there.'),
		askReason(), askForce('stop')],
	() => act(id, 'stop', bodyOf(form)), 'Stop');
}

const forceWords = { start: 'Force: past dependencies, breaker, quota and ' +
	'slots; also when it is held', stop: 'Force: kill at once' };

function askForce(verb) {
	return may('admin') && make('label', { class: 'check' },
		make('input', { type: 'checkbox', id: 'ask-force' }),
		make('span', {}, forceWords[verb]));
}

const verbs = {
	start: 'Start a run as soon as its gates are open',
	stop: 'Stop its run, and what it waits for',
	pause: 'Pause: to the next checkpoint, then held',
	resume: 'Resume: let go of it',
	'put-back': 'Fetch its failed items that are due',
	reset: 'Reset: forget its failures',
};

/* Everything that can be asked of one job, with a reason. */
function askMore(id) {
	const choice = make('select', { id: 'ask-verb', change: turn },
		Object.keys(verbs).filter(verb => verb !== 'reset' || may('admin'))
			.map(verb => make('option', { value: verb }, verbs[verb])));
	const force = make('label', { class: 'check' },
		make('input', { type: 'checkbox', id: 'ask-force' }), make('span'));
	const replace = make('label', { class: 'check' },
		make('input', { type: 'checkbox', id: 'ask-replace' }),
		make('span', {}, 'Replace: end a run that goes on, then start'));

	function turn() {
		const words = forceWords[choice.value];

		force.hidden = !may('admin') || words === undefined;
		replace.hidden = !may('admin') || choice.value !== 'start';
		put(force.lastChild, words);
	}
	turn();
	const form = openAsk('What is to be done with ' + id + '?',
		[make('label', {}, 'Command', choice), askReason(), force, replace],
		() => act(id, choice.value, bodyOf(form)), 'Do it');
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
		.filter(pair => pair[1] !== '' && pair[1] !== undefined)).toString();

	return '#/' + view + (text === '' ? '' : '?' + text);
}

/* Keeps the filters of the view that is open in the address. */
function keepFilters(query) {
	history.replaceState(null, '', address(visit.name, query));
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

/* Why it waits, what it does, what went wrong and the way out. */
function noteOf(job) {
	const failure = [job.class, job.error].filter(Boolean).join(': ');
	const why = waits[job.reason];

	if (job.stale)
		return 'stale: no scheduler looks after it';
	if (job.state === 'RUNNING' && job.reason === 'stuck')
		return 'stuck: its run is dead, its lock is not free: end what ' +
			'holds spool/lock/' + idOf(job);
	if (job.state === 'RUNNING')
		return asked[job.want] || job.op || '';
	if (job.state === 'PENDING')
		return typeof why === 'function' ? why(job) : why || '';
	if (job.state === 'ERROR' && job.reason === 'manual_fix')
		return 'needs you: ' + (failure ? failure + '; then ' : '') +
			'pulse start ' + job.job;
	if (job.state === 'ERROR')
		return failure;
	if (job.state === 'PAUSED')
		return job.reason === 'emergency' ? 'by the emergency stop'
			: 'held: pulse resume ' + job.job;
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
		basis = ends.length > 1 ? 'current rate and last ' + ends.length +
			' runs' : 'current rate';
	} else if (ends.length > 0) {
		range = ages(ends);
		basis = 'last ' + count(ends.length, 'run');
	} else {
		return '';
	}
	const words = range.map(ms => span(ms));

	return (words[0] === words[1] ? words[0] : words.join(' to ')) +
		' left, by ' + basis;
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
	if (job.done !== undefined)
		parts.push(whole.format(job.done) + (job.total > 0
			? ' of ' + whole.format(job.total) : ' done'));
	if (job.rate >= 0)
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
		acts: make('div', { class: 'acts' }),
	};
	const name = id.slice(id.indexOf('.') + 1);
	const node = make('li', { class: 'job', 'data-job': id },
		make('div', { class: 'who' }, parts.state,
			make('h2', {}, make('a', { href: address('job', { job: id }) },
				make('bdi', {}, name))), parts.client),
		make('div', { class: 'what' }, parts.note, parts.far.node),
		make('div', { class: 'then' }, parts.strip,
			make('p', {}, make('span', { class: 'label' }, 'last '),
				parts.last, ' ', parts.lastTime),
			make('p', {}, make('span', { class: 'label' }, 'next '),
				parts.nextTime)),
		parts.acts);
	const row = { id, node, job: null };

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
		moment(parts.nextTime, job.state === 'RUNNING' ? job.next_due
			: job.next || job.next_due);
	};
	return row;
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

function stripWords(runs) {
	const tally = {};

	runs.forEach(run => {
		const how = run.result || 'running';

		tally[how] = (tally[how] || 0) + 1;
	});
	return runs.length === 0 ? 'No runs yet' : 'Last ' +
		count(runs.length, 'run') + ': ' + Object.keys(tally)
		.map(how => tally[how] + ' ' + how).join(', ');
}

const offers = { RUNNING: ['pause', 'stop'], PENDING: ['start', 'pause', 'stop'],
	ERROR: ['start', 'pause'], PAUSED: ['resume'],
	FINISHED: ['start', 'pause'], NOT_STARTED: ['start', 'pause'] };
const actWords = { start: 'Start', stop: 'Stop', pause: 'Pause',
	resume: 'Resume' };

/* The same buttons stay as long as they are the same: so does the focus. */
function drawActs(node, job) {
	const id = idOf(job);
	const list = may('operator') ? [...offers[job.state] || [], 'more'] : [];
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
	visit.room.append(chips.node, list, none);
	visit.patch = ids => {
		known.several = new Set([...known.jobs.values()].map(job =>
			job.client).filter(client => client > 0)).size > 1;
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
	const node = make('div', { id: 'chips' }, chips, find);

	function turn(key, value) {
		const query = Object.fromEntries(visit.query);

		if (key)
			query[key] = value;
		query.find = find.value;
		keepFilters(query);
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
		const clients = [...new Set(jobs.map(job => job.client))].sort();
		const list = states.map(state => ['state', state, state, true]).concat(
			clients.length > 1 ? clients.map(client => ['client',
				String(client), client === 0 ? 'host' : 'client ' + client,
				false]) : []);

		drawChips(chips, list.map(([key, value, words, many]) => ({
			key: (key === 'client' ? 'client:' : '') + value, words,
			state: key === 'state' ? value : null,
			count: jobs.filter(job => String(job[key]) === value).length,
			pressed: (visit.query.get(key) || '').split(',').includes(value),
			press: () => press(key, value, many) })));
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
		node.dataset.tone = chip.count > 0 ? stateTones[chip.state] || '' : '';
		dress(node, 'aria-pressed', chip.pressed ? 'true' : 'false');
		put(node.lastChild, chip.count);
	}
}

/* --- view: figures -------------------------------------------------------- */

/* --- the frame ------------------------------------------------------------ */

const banners = {
	link: () => link.way === 'lost' && ['bad',
		'Live link lost, data from ' + (link.lostAt > 0
			? stamps.second.format(link.lostAt) : 'never') + '. ',
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
		dress(anchor, 'aria-current',
			anchor.dataset.view === name ? 'page' : null);
	views[name].open(visit);
	if (!first) {
		scrollTo(0, 0);
		byId('main').focus({ preventScroll: true });
	}
}

function setTitle(words) {
	put(byId('title'), words);
	document.title = shown(words) + ' · Pulse';
}

function drawViews() {
	byId('views').replaceChildren(...Object.keys(views)
		.filter(name => !views[name].within)
		.map(name => make('li', {}, make('a', { href: address(name),
			'data-view': name }, views[name].title))));
}

/* --- sign-in */

function takeToken() {
	const found = /^#(pulse_[\w-]+)/.exec(location.hash);

	if (!found)
		return false;
	known.token = found[1];
	kept.set(sessionStorage, 'token', known.token);
	history.replaceState(null, '', location.pathname + location.search);
	return true;
}

function setMe(me) {
	known.me = me;
	document.documentElement.dataset.role = me ? me.role : 'none';
	byId('emergency').hidden = !may('admin');
	byId('views').hidden = me === null;
}

/* ended: what there was is not taken (any more). */
function signIn(ended) {
	if (byId('signin'))
		return;
	const had = known.token !== '';
	const token = make('input', { id: 'token', type: 'password', required: true,
		autocomplete: 'off', spellcheck: 'false', autofocus: true });
	const form = make('form', { id: 'signin', submit: event => {
		event.preventDefault();
		known.token = token.value.trim();
		kept.set(sessionStorage, 'token', known.token);
		form.remove();
		begin();
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
	known.token = '';
	kept.set(sessionStorage, 'token', '');
	setMe(null);
	link.end && link.end();
	byId('room').replaceChildren(form);
	token.focus();
}

async function begin() {
	try {
		setMe(await api('me'));
		await loadJobs();
	} catch (error) {
		if (error.status === 401)
			return;
		setLink('lost');
		link.retryAt = Date.now() + 3000;
		await pause(3000);
		return begin();
	}
	route();
	stayLinked();
}

/* --- colours and keys */

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

	put(byId('zone'), 'Times are in ' + zone + ' (' + short.value +
		'); UTC is in their titles.');
}

function main() {
	takeToken();
	known.token = known.token || kept.get(sessionStorage, 'token');
	setTheme(kept.get(localStorage, 'theme'));
	setLink('joining');
	drawViews();
	drawZone();
	byId('theme').addEventListener('click', nextTheme);
	byId('emergency').addEventListener('click', askEmergency);
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
