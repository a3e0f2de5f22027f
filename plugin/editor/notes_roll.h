// The melody's steps as a piano roll: a column for each step, a row for each tone of the scale over three octaves, rests below.
// Behind them is the rhythm that plays them in this round: what is lit sounds, as bright as it is loud.
#pragma once

#include "../processor/processor.h"
#include "shown_melody.h"

namespace groovefield {

/// All [message].
class NotesRoll : public juce::Component, public juce::TooltipClient {
public:
    explicit NotesRoll (Processor&);
    ~NotesRoll() override;

    /// Once a frame.
    void show (const ShownMelody&);
    const ShownMelody& shown() const noexcept { return melody; }

    /// What the keyboard's cursor is on, and what may be done there.
    juce::String inWords() const;
    std::size_t cursor() const noexcept { return step; }

    /// In this component's coordinates; a degree that is not shown lies on the nearest edge. `Melody::rest`: the row of rests.
    juce::Rectangle<float> cell (std::size_t step, int degree) const noexcept;
    /// The line that is dragged for the number of steps.
    float endX() const noexcept { return columnX (melody.melody.count); }

    juce::String getTooltip() override;
    void paint (juce::Graphics&) override;
    void mouseMove (const juce::MouseEvent&) override;
    void mouseExit (const juce::MouseEvent&) override;
    void mouseDown (const juce::MouseEvent&) override;
    void mouseDrag (const juce::MouseEvent&) override;
    void mouseUp (const juce::MouseEvent&) override;
    bool keyPressed (const juce::KeyPress&) override;
    void focusGained (FocusChangeType) override;
    void focusLost (FocusChangeType) override;
    void visibilityChanged() override;

    /// A keyboard's note becomes the cursor's step, and the cursor goes on.
    void enter (int note);

    static constexpr int rulerHeight = 18, gutterWidth = 36, restHeight = 15;

private:
    enum class Hand { none, draws, rests, ends };

    int lowest() const noexcept { return -tonesOf (melody.melody.scale); }
    int highest() const noexcept { return 2 * tonesOf (melody.melody.scale); }
    float columnWidth() const noexcept;
    float columnX (double at) const noexcept { return static_cast<float> (gutterWidth) + static_cast<float> (at) * columnWidth(); }
    float rowHeight() const noexcept;
    std::size_t stepAt (float x) const noexcept;
    int degreeAt (float y) const noexcept;
    bool nearEnd (juce::Point<float>) const noexcept;
    void draw (juce::Point<float> from, juce::Point<float> to);
    void setCount (int);
    void setDegree (std::size_t at, int degree, const juce::String& deed);
    void change (const juce::String& deed, std::function<void (Melody&)>);
    void moveCursor (int by);
    bool typed (juce::juce_wchar);
    bool moved (const juce::KeyPress&);
    juce::String pitchText (int degree) const;
    void audition (int degree);
    void listen (bool);

    void paintGround (juce::Graphics&) const;
    void paintRows (juce::Graphics&) const;
    void paintStep (juce::Graphics&, std::size_t) const;
    void paintEnd (juce::Graphics&) const;
    void paintCursor (juce::Graphics&) const;
    juce::Colour colourOf (const ShownMelody::Strike&) const;

    Processor& processor;
    ShownMelody melody;
    std::size_t step = 0;                  // the keyboard's cursor
    std::optional<std::size_t> over;       // the step under the mouse
    juce::Point<float> last;               // of a drag
    Hand hand = Hand::none;
    int sounded = 0;                       // the degree heard last in a drag
    std::shared_ptr<Laying::Going> going;  // notes that are typed or played one after the other are one deed
};

} // namespace groovefield
