// How the melody is drawn.
#include "look_and_feel.h"
#include "note_table.h"
#include "notes_roll.h"

namespace groovefield {

namespace {

constexpr float leastHeight = 4.0f;     // of a note, however many rows there are
constexpr float glowSteps = 1.5f;

juce::String nameOf (int note) { return noteText (note).fromFirstOccurrenceOf (" ", false, false).trim(); }

} // namespace

juce::Colour NotesRoll::colourOf (const ShownMelody::Strike& strike) const { return palette::lane (strike.lane); }

void NotesRoll::paint (juce::Graphics& g)
{
    paintGround (g);
    paintRows (g);
    for (std::size_t at = 0; at < Melody::room; ++at)
        paintStep (g, at);
    paintEnd (g);
    paintCursor (g);
    if (melody.playhead >= 0.0) {
        const auto x = columnX (melody.playhead), top = static_cast<float> (rulerHeight);
        g.setColour (palette::accent.withAlpha (0.9f));
        g.fillRect (juce::Rectangle<float> (x - 0.75f, top - 3, 1.5f, static_cast<float> (getHeight())));
        juce::Path marker;
        marker.addTriangle (x - 4.5f, top - 8, x + 4.5f, top - 8, x, top - 1);
        g.fillPath (marker);
    }
}

void NotesRoll::paintGround (juce::Graphics& g) const
{
    const auto top = static_cast<float> (rulerHeight), height = static_cast<float> (getHeight()) - top;
    g.setColour (palette::well);
    g.fillRoundedRectangle (static_cast<float> (gutterWidth), top, static_cast<float> (getWidth() - gutterWidth), height, palette::corner);
    const auto perBeat = static_cast<std::size_t> (std::max (1, melody.beatSteps));
    for (std::size_t at = 0; at < Melody::room; ++at) {
        const auto x = columnX (static_cast<double> (at));
        const bool beat = at % perBeat == 0;
        if (at > 0) {
            g.setColour (beat ? palette::edge.withAlpha (0.8f) : palette::line.withAlpha (0.7f));
            g.fillRect (juce::Rectangle<float> (std::round (x), top, 1.0f, height));
        }
        if (beat) {
            g.setFont (Look::font (11.0f));
            g.setColour (at < melody.melody.count ? palette::quiet : palette::edge);
            g.drawText (juce::String (at + 1), juce::Rectangle<float> (x + 3, 0, 4.0f * columnWidth(), top - 2), juce::Justification::centredLeft, false);
        }
    }
}

// The key's rows are lighter and named; so is the cursor's note.
void NotesRoll::paintRows (juce::Graphics& g) const
{
    const auto right = static_cast<float> (getWidth());
    const auto tones = tonesOf (melody.melody.scale);
    const int held = melody.melody.degree[step];
    g.setFont (Look::font (10.5f));
    for (int degree = lowest(); degree <= highest(); ++degree) {
        const auto row = cell (0, degree);
        const bool key = (degree - lowest()) % tones == 0;
        if (key) {
            g.setColour (palette::text.withAlpha (0.055f));
            g.fillRect (row.withX (static_cast<float> (gutterWidth)).withRight (right));
        }
        const bool named = degree == held && hasKeyboardFocus (false);
        if (! key && ! named)
            continue;
        // A name is taller than a row of many: where the cursor's would lie on a key's, it goes alone.
        if (key && ! named && hasKeyboardFocus (false) && held != Melody::rest && std::abs (cell (0, held).getCentreY() - row.getCentreY()) < 11.0f)
            continue;
        g.setColour (named ? palette::accent : palette::quiet);
        g.drawText (nameOf (noteOf (melody.melody, degree)), juce::Rectangle<float> (0, row.getCentreY() - 7.0f, static_cast<float> (gutterWidth) - 6.0f, 14.0f),
                    juce::Justification::centredRight, false);
    }
    const auto rests = cell (0, Melody::rest);
    g.setColour (palette::line);
    g.fillRect (juce::Rectangle<float> (static_cast<float> (gutterWidth), rests.getY(), right - static_cast<float> (gutterWidth), 1.0f));
    g.setColour (palette::quiet);
    g.drawText ("rest", rests.withX (0).withWidth (static_cast<float> (gutterWidth) - 6.0f), juce::Justification::centredRight, false);
}

// A column of light where the rhythm has a hit, as high as it is loud, and the note on it: filled if it sounds, hollow if not.
void NotesRoll::paintStep (juce::Graphics& g, std::size_t at) const
{
    const auto& strike = melody.strikes[at];
    const int degree = melody.melody.degree[at];
    const bool plays = at < melody.melody.count, sounds = plays && strike.velocity > 0, off = ! melody.melody.sounds();
    const auto loud = static_cast<float> (strike.velocity) / 127.0f;
    const auto colour = off ? palette::quiet : colourOf (strike);
    const auto column = cell (at, 0).withTop (static_cast<float> (rulerHeight)).withBottom (static_cast<float> (getHeight() - restHeight));
    if (sounds) {
        g.setColour (colour.withAlpha (0.06f + 0.12f * loud));
        g.fillRect (column.reduced (0.5f, 0.0f).withTop (column.getBottom() - column.getHeight() * (0.15f + 0.85f * loud)));
    }
    if (over == at && plays) {
        g.setColour (palette::text.withAlpha (0.05f));
        g.fillRect (column);
    }
    if (degree == Melody::rest) {
        g.setColour (! plays ? palette::line : sounds ? colour : palette::quiet);
        g.fillRect (cell (at, degree).withSizeKeepingCentre (std::max (3.0f, columnWidth() * 0.4f), 2.0f));
        return;
    }
    auto note = cell (at, degree).reduced (1.0f, 0.5f);
    note = note.withSizeKeepingCentre (note.getWidth(), std::max (leastHeight, note.getHeight()));
    const auto since = melody.playhead - static_cast<double> (at) - static_cast<double> (strike.displacement);
    const auto shine = sounds && ! off && melody.playhead >= 0.0 && since >= 0.0 && since < static_cast<double> (glowSteps)
                         ? 1.0f - static_cast<float> (since) / glowSteps : 0.0f;
    if (sounds) {
        g.setColour (palette::well.interpolatedWith (colour, 0.45f + 0.55f * loud).interpolatedWith (juce::Colours::white, 0.75f * shine));
        g.fillRoundedRectangle (note, std::min (2.0f, note.getHeight() * 0.4f));
        return;
    }
    g.setColour (plays ? palette::quiet.withAlpha (0.75f) : palette::edge.withAlpha (0.6f));
    g.drawRoundedRectangle (note.reduced (0.5f), std::min (2.0f, note.getHeight() * 0.4f), 1.0f);
}

void NotesRoll::paintEnd (juce::Graphics& g) const
{
    const auto x = std::min (endX(), static_cast<float> (getWidth()) - 1.0f), top = static_cast<float> (rulerHeight);
    const juce::Rectangle<float> beyond (x, top, static_cast<float> (getWidth()) - x, static_cast<float> (getHeight()) - top);
    g.setColour (palette::ground.withAlpha (0.55f));
    g.fillRect (beyond);
    g.setColour (palette::soft);
    g.fillRect (juce::Rectangle<float> (x - 1.0f, top - 6.0f, 2.0f, static_cast<float> (getHeight())));
    g.fillRoundedRectangle (juce::Rectangle<float> (x - 4.0f, top - 12.0f, 8.0f, 9.0f).constrainedWithin (getLocalBounds().toFloat()), 2.0f);
}

void NotesRoll::paintCursor (juce::Graphics& g) const
{
    if (! hasKeyboardFocus (false))
        return;
    const auto column = cell (step, 0).withTop (static_cast<float> (rulerHeight)).withBottom (static_cast<float> (getHeight()));
    g.setColour (palette::accent);
    g.drawRect (column, 1.5f);
}

} // namespace groovefield
