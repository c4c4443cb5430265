'use strict';

// What a person with other eyes than ours would stumble over, as lines of text.
// Runs inside the page under test; look(['sideways', 'faint', 'nameless']).

const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const colours = new Map();

// Any colour that CSS can say, as [r, g, b, a] of 0 to 1.
function colour(css) {
	if (!colours.has(css)) {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = css;
		canvas.fillRect(0, 0, 1, 1);
		colours.set(css, Array.from(canvas.getImageData(0, 0, 1, 1).data, (v) => v / 255));
	}
	return colours.get(css);
}

function over(top, below) {
	return [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
}

function luminance(c) {
	const [r, g, b] = c.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (light + 0.05) / (dark + 0.05);
}

function ancestors(element) {
	const all = [];
	for (let e = element; e; e = e.parentElement) all.push(e);
	return all;
}

function background(element) {
	const canvasColour = matchMedia('(prefers-color-scheme: dark)').matches ? [0.07, 0.07, 0.07, 1] : [1, 1, 1, 1];
	return ancestors(element).reverse().reduce(
		(below, e) => over(colour(getComputedStyle(e).backgroundColor), below), canvasColour);
}

function isSeen(element) {
	return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
		!ancestors(element).some((e) => /rect\(|inset\(50%/.test(getComputedStyle(e).clip + getComputedStyle(e).clipPath));
}

function place(element) {
	const name = element.id ? '#' + element.id : String(element.getAttribute('class') || '').split(/\s+/).filter(Boolean).map((c) => '.' + c).join('');
	return '<' + element.tagName.toLowerCase() + name + '> "' + element.textContent.trim().slice(0, 40) + '"';
}

function texts() {
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const found = new Set();
	while (walk.nextNode()) {
		const element = walk.currentNode.parentElement;
		if (walk.currentNode.data.trim() && !/^(script|style|title|desc|option|noscript|template)$/i.test(element.tagName)) found.add(element);
	}
	return Array.from(found).filter(isSeen);
}

// WCAG 1.4.3: 4.5 to 1, 3 to 1 where letters are large.  What is disabled may
// be faint.
function faint() {
	return texts().filter((e) => !e.closest(':disabled, [aria-disabled=true]')).flatMap((e) => {
		const style = getComputedStyle(e);
		const size = parseFloat(style.fontSize);
		const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
		const below = background(e);
		const ink = colour(e instanceof SVGElement ? style.fill : style.color).slice();
		ink[3] *= ancestors(e).reduce((all, a) => all * Number(getComputedStyle(a).opacity), 1);
		const ratio = contrast(over(ink, below), below);
		return ratio < (large ? 3 : 4.5) ? ['faint, ' + ratio.toFixed(2) + ': ' + place(e)] : [];
	});
}

function sideways() {
	const wide = innerWidth;
	if (document.scrollingElement.scrollWidth <= wide) return [];
	return ['the page is ' + document.scrollingElement.scrollWidth + ' wide in ' + wide].concat(
		Array.from(document.body.querySelectorAll('*'))
			.filter((e) => e.getBoundingClientRect().right > wide + 0.5 && isSeen(e) &&
				!ancestors(e).some((a) => a !== document.body && a !== document.documentElement && a !== e &&
					getComputedStyle(a).overflowX !== 'visible'))
			.map((e) => 'to ' + Math.round(e.getBoundingClientRect().right) + ': ' + place(e)));
}

function byIds(ids) {
	return String(ids || '').split(/\s+/).filter(Boolean).map((id) => document.getElementById(id));
}

function nameOf(e) {
	const labels = Array.from(e.labels || []).concat(byIds(e.getAttribute('aria-labelledby')));
	return [e.getAttribute('aria-label'), ...labels.map((l) => l && l.textContent), e.getAttribute('title'),
		e.getAttribute('alt'), e.querySelector(':scope > title')?.textContent,
		/^(input|select|textarea|progress|meter|svg)$/i.test(e.tagName) ? '' : e.textContent]
		.map((n) => (n || '').trim()).find(Boolean) || '';
}

const NAMED = 'button, a[href], input, select, textarea, progress, meter, summary, dialog, img, [tabindex], ' +
	'[role=button], [role=progressbar], [role=img], [role=dialog], [role=tab], [role=log], nav';

function nameless() {
	const found = Array.from(document.querySelectorAll(NAMED)).filter((e) => isSeen(e) && !nameOf(e) && e.getAttribute('alt') !== '' && e.id !== 'main')
		.map((e) => 'no name: ' + e.outerHTML.slice(0, 100));
	const bars = Array.from(document.querySelectorAll('[role=progressbar][aria-valuenow]'))
		.filter((e) => !(e.getAttribute('aria-valuenow') >= 0)).map((e) => 'no number: ' + e.outerHTML.slice(0, 100));
	const lost = Array.from(document.querySelectorAll('[aria-labelledby], [aria-describedby], [aria-controls], label[for]'))
		.filter((e) => e.checkVisibility() && ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for'].some((a) => byIds(e.getAttribute(a)).includes(null)))
		.map((e) => 'names what is not there: ' + e.outerHTML.slice(0, 100));
	const ids = Array.from(document.querySelectorAll('[id]'), (e) => e.id);
	const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => 'two of #' + id);
	const ahead = Array.from(document.querySelectorAll('[tabindex]')).filter((e) => e.tabIndex > 0).map((e) => 'jumps ahead: ' + place(e));
	return found.concat(bars, lost, twice, ahead,
		document.documentElement.lang ? [] : ['the page names no language'],
		document.title ? [] : ['the page has no title'],
		document.querySelectorAll('main, [role=main]').length === 1 ? [] : ['the page has not one main part'],
		Array.from(document.querySelectorAll('h1')).filter((e) => e.checkVisibility()).length === 1 ? [] : ['the page has not one h1']);
}

const KINDS = { sideways, faint, nameless };

function look(kinds) {
	return kinds.flatMap((kind) => KINDS[kind]());
}
