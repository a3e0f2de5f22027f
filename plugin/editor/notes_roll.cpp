#include "notes_roll.h"

#include "note_table.h"

#include <cmath>

namespace groovefield {

namespace {

constexpr float endReach = 6.0f;    // pixels to either side of the end's line
const juce::String drawDeed { "Draw notes" }, enterDeed { "Enter notes" };

// The pitch class that a letter names, sharp with shift; none: it names no note.
std::optional<int> pitchClassOf (juce::juce_wchar letter)
{
    constexpr std::array<int, 7> classes { 9, 11, 0, 2, 4, 5, 7 };    // A .. G
    const auto small = juce::CharacterFunctions::toLowerCase (letter);
    if (small < 'a' || small > 'g')
        return std::nullopt;
    return (classes[static_cast<std::size_t> (small - 'a')] + (small != letter ? 1 : 0)) % 12;
}

// Of the degrees that are such a note, the nearest; of a note that the scale lacks the one beside it.
int degreeOfClass (const Melody& melody, int wanted, int from, int lowest, int highest)
{
    for (const auto beside : { 0, 1, 11 }) {
        std::optional<int> nearest;
        for (int degree = lowest; degree <= highest; ++degree)
            if ((noteOf (melody, degree) + 120) % 12 == (wanted + beside) % 12 && (! nearest || std::abs (degree - from) < std::abs (*nearest - from)))
                nearest = degree;
        if (nearest)
            return *nearest;
    }
    return from;
}

} // namespace

NotesRoll::NotesRoll (Processor& p) : processor (p)
{
    setTitle ("Notes of the melody");
    setDescription ("Left and right choose a step, up and down move its note in the scale, with shift by an octave. Letters A to G and numbers 1 to 9 "
                    "type notes, 0 a rest, delete makes a rest, shift with left and right sets the number of steps. "
                    "A MIDI keyboard plays notes in while this has the focus.");
    setWantsKeyboardFocus (true);
}

NotesRoll::~NotesRoll()
{
    listen (false);
    processor.laying.finish();
}

float NotesRoll::columnWidth() const noexcept
{
    return static_cast<float> (getWidth() - gutterWidth) / static_cast<float> (Melody::room);
}

float NotesRoll::rowHeight() const noexcept
{
    return static_cast<float> (getHeight() - rulerHeight - restHeight) / static_cast<float> (highest() - lowest() + 1);
}

juce::Rectangle<float> NotesRoll::cell (std::size_t at, int degree) const noexcept
{
    const auto left = columnX (static_cast<double> (at));
    if (degree == Melody::rest)
        return { left, static_cast<float> (getHeight() - restHeight), columnWidth(), static_cast<float> (restHeight) };
    const auto shownDegree = std::clamp (degree, lowest(), highest());
    return { left, static_cast<float> (rulerHeight) + rowHeight() * static_cast<float> (highest() - shownDegree), columnWidth(), rowHeight() };
}

std::size_t NotesRoll::stepAt (float x) const noexcept
{
    const auto at = (x - static_cast<float> (gutterWidth)) / std::max (1.0f, columnWidth());
    return static_cast<std::size_t> (std::clamp (static_cast<int> (std::floor (at)), 0, static_cast<int> (Melody::room) - 1));
}

int NotesRoll::degreeAt (float y) const noexcept
{
    if (y >= static_cast<float> (getHeight() - restHeight))
        return Melody::rest;
    return std::clamp (highest() - static_cast<int> (std::floor ((y - static_cast<float> (rulerHeight)) / std::max (0.5f, rowHeight()))), lowest(), highest());
}

bool NotesRoll::nearEnd (juce::Point<float> at) const noexcept { return std::abs (at.x - endX()) <= endReach; }

void NotesRoll::show (const ShownMelody& next)
{
    processor.noteEntry.take ([this] (int note) { enter (note); });
    const auto before = melody.playhead;
    const bool same = next.looksLike (melody);
    melody = next;
    step = std::min (step, std::size_t { melody.melody.count } - 1u);
    if (! same || (before < 0.0) != (melody.playhead < 0.0)) {
        repaint();
        return;
    }
    for (const auto at : { before, melody.playhead })
        if (at >= 0.0)
            repaint (juce::Rectangle<float> (columnX (at - 1.5), 0.0f, 3.5f * columnWidth(), static_cast<float> (getHeight())).getSmallestIntegerContainer());
}

void NotesRoll::change (const juce::String& deed, std::function<void (Melody&)> alter)
{
    processor.laying.layOn (going, deed, [&] (Overlay& o) { alter (o.melody); });
}

void NotesRoll::setDegree (std::size_t at, int degree, const juce::String& deed)
{
    change (deed, [&] (Melody& m) { m.degree[at] = static_cast<std::int8_t> (degree); });
    audition (degree);
}

void NotesRoll::setCount (int count)
{
    change ("Steps of the melody", [&] (Melody& m) { m.count = static_cast<std::uint8_t> (std::clamp (count, 1, static_cast<int> (Melody::room))); });
}

// What is set is heard while nothing else is: the song that plays is not played into.
void NotesRoll::audition (int degree)
{
    const auto& present = processor.laying.overlay()->melody;
    if (degree == Melody::rest || processor.now.running.load())
        return;
    Melody one = present;
    one.degree.fill (static_cast<std::int8_t> (degree));
    if (const auto note = pitchAt (one, melody.transpose, 0))
        processor.noteEntry.sound (*note);
}

void NotesRoll::mouseMove (const juce::MouseEvent& event)
{
    const bool end = nearEnd (event.position);
    setMouseCursor (end ? juce::MouseCursor::LeftRightResizeCursor : juce::MouseCursor::NormalCursor);
    const auto now = end || event.x < gutterWidth ? std::nullopt : std::optional<std::size_t> (stepAt (event.position.x));
    if (std::exchange (over, now) != now)
        repaint();
}

void NotesRoll::mouseExit (const juce::MouseEvent&)
{
    over.reset();
    repaint();
}

void NotesRoll::mouseDown (const juce::MouseEvent& event)
{
    last = event.position;
    going.reset();
    if (nearEnd (event.position)) {
        hand = Hand::ends;
        processor.laying.begin();
        return;
    }
    if (event.x < gutterWidth || event.y < rulerHeight)
        return;
    hand = event.mods.isAltDown() || event.mods.isPopupMenu() ? Hand::rests : Hand::draws;
    step = std::min (stepAt (last.x), std::size_t { melody.melody.count } - 1u);
    sounded = Melody::rest;
    processor.laying.begin();
    draw (last, last);
}

// A fast hand leaves out no step.
void NotesRoll::draw (juce::Point<float> from, juce::Point<float> to)
{
    const auto first = stepAt (from.x), end = stepAt (to.x);
    const auto least = std::min (first, end), most = std::max (first, end);
    processor.laying.change ([&] (Overlay& o) {
        for (auto at = least; at <= most; ++at) {
            const auto middle = columnX (static_cast<double> (at) + 0.5);
            const auto along = first == end ? 1.0f : std::clamp ((middle - from.x) / (to.x - from.x), 0.0f, 1.0f);
            const auto y = at == end ? to.y : from.y + along * (to.y - from.y);
            o.melody.degree[at] = static_cast<std::int8_t> (hand == Hand::rests ? Melody::rest : degreeAt (y));
        }
    });
    if (const auto degree = degreeAt (to.y); hand == Hand::draws && std::exchange (sounded, degree) != degree)
        audition (degree);
}

void NotesRoll::mouseDrag (const juce::MouseEvent& event)
{
    if (hand == Hand::ends)
        processor.laying.change ([&] (Overlay& o) {
            const auto to = std::lround ((event.position.x - static_cast<float> (gutterWidth)) / std::max (1.0f, columnWidth()));
            o.melody.count = static_cast<std::uint8_t> (std::clamp<long> (to, 1, static_cast<long> (Melody::room)));
        });
    else if (hand != Hand::none)
        draw (std::exchange (last, event.position), event.position);
}

void NotesRoll::mouseUp (const juce::MouseEvent&)
{
    const auto was = std::exchange (hand, Hand::none);
    if (was != Hand::none)
        processor.laying.end (was == Hand::ends ? "Steps of the melody" : was == Hand::rests ? "Rest" : drawDeed);
}

void NotesRoll::moveCursor (int by)
{
    step = static_cast<std::size_t> (std::clamp (static_cast<int> (step) + by, 0, melody.melody.count - 1));
    repaint();
}

void NotesRoll::enter (int note)
{
    const auto& present = processor.laying.overlay()->melody;
    const auto degree = degreeOfNote (present, note - melody.transpose, lowest(), highest());
    const auto at = std::min (step, std::size_t { present.count } - 1u);
    change (enterDeed, [&] (Melody& m) { m.degree[at] = static_cast<std::int8_t> (degree); });
    step = (at + 1) % present.count;
    repaint();
}

// A letter names a note of the scale, a number a degree, 0 is a rest; then the next step's turn comes.
bool NotesRoll::typed (juce::juce_wchar character)
{
    const auto& present = processor.laying.overlay()->melody;
    const int now = present.degree[step], from = now == Melody::rest ? 0 : now;
    int degree = Melody::rest;
    if (const auto wanted = pitchClassOf (character)) {
        degree = degreeOfClass (present, *wanted, from, lowest(), highest());
    } else if (character >= '1' && character <= '9') {
        degree = std::min (highest(), static_cast<int> (character - '1'));
    } else if (character != '0') {
        return false;
    }
    setDegree (step, degree, enterDeed);
    step = (step + 1) % present.count;
    repaint();
    return true;
}

// A screen reader says where that leads.
bool NotesRoll::keyPressed (const juce::KeyPress& key)
{
    if (key.getModifiers().isCommandDown() || key.getModifiers().isAltDown())
        return false;
    const auto taken = moved (key) || typed (key.getTextCharacter());
    if (taken)
        juce::AccessibilityHandler::postAnnouncement (inWords(), juce::AccessibilityHandler::AnnouncementPriority::medium);
    return taken;
}

bool NotesRoll::moved (const juce::KeyPress& key)
{
    const auto code = key.getKeyCode();
    const auto mods = key.getModifiers();
    const auto& present = processor.laying.overlay()->melody;
    const int right = (code == juce::KeyPress::rightKey) - (code == juce::KeyPress::leftKey);
    const int up = (code == juce::KeyPress::upKey) - (code == juce::KeyPress::downKey);
    if (right != 0) {
        if (mods.isShiftDown())
            setCount (present.count + right);
        else
            moveCursor (right);
    } else if (up != 0) {
        const int now = present.degree[step], by = up * (mods.isShiftDown() ? tonesOf (present.scale) : 1);
        const auto to = now == Melody::rest ? 0 : now + by;
        if (to >= lowest() && to <= highest())
            setDegree (step, to, "Move a note");
    } else if (code == juce::KeyPress::homeKey || code == juce::KeyPress::endKey) {
        moveCursor (code == juce::KeyPress::homeKey ? -static_cast<int> (Melody::room) : static_cast<int> (Melody::room));
    } else if (code == juce::KeyPress::deleteKey || code == juce::KeyPress::backspaceKey) {
        setDegree (step, Melody::rest, "Rest");
    } else {
        return false;
    }
    return true;
}

// A keyboard plays into the melody while this has the focus, and into the drums again when it has not.
void NotesRoll::listen (bool should) { processor.noteEntry.setOn (should); }

void NotesRoll::focusGained (FocusChangeType)
{
    listen (true);
    repaint();
}

void NotesRoll::focusLost (FocusChangeType)
{
    listen (false);
    repaint();
}

void NotesRoll::visibilityChanged()
{
    if (! isShowing())
        listen (false);
}

juce::String NotesRoll::inWords() const
{
    return "Step " + juce::String (step + 1) + ": " + pitchText (processor.laying.overlay()->melody.degree[step]);
}

// "Eb2", and what a transposition makes of it.
juce::String NotesRoll::pitchText (int degree) const
{
    if (degree == Melody::rest)
        return "rest";
    auto one = processor.laying.overlay()->melody;
    one.degree.fill (static_cast<std::int8_t> (degree));
    const auto name = [&] (int transpose) { return noteText (*pitchAt (one, transpose, 0)).fromFirstOccurrenceOf (" ", false, false).trim(); };
    return melody.transpose == 0 ? name (0) : name (0) + ", transposed " + name (melody.transpose);
}

juce::String NotesRoll::getTooltip()
{
    const auto mouse = getMouseXYRelative().toFloat();
    if (nearEnd (mouse))
        return "Drag for the number of steps, 1 to 32: the melody goes round in so many steps, whatever the drums' cycle is.";
    if (mouse.x < static_cast<float> (gutterWidth))
        return {};
    const auto at = stepAt (mouse.x);
    const auto& m = melody.melody;
    const auto number = "Step " + juce::String (at + 1);
    if (at >= m.count)
        return number + " is beyond the end: drag the line at the end to the right to play it.";
    const int degree = m.degree[at];
    auto text = number + ": " + pitchText (degree);
    const auto& strike = melody.strikes[at];
    if (strike.velocity == 0)
        text += ". Silent in this round: the rhythm has no hit here";
    else if (degree == Melody::rest)
        text += ". The rhythm has a hit here, and the line is silent";
    else
        text += ". Sounds with " + juce::String::fromUTF8 (melody.lanes[strike.lane].c_str()) + ", velocity " + juce::String (static_cast<int> (strike.velocity));
    return text + ".\nDrag to draw notes; alt-click, or the row below, for a rest.";
}

} // namespace groovefield
