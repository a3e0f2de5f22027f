// The pad: the field's picture, the place that is set, the place that is heard and its trail.
#pragma once

#include "place.h"

#include <juce_gui_basics/juce_gui_basics.h>

#include <deque>

namespace groovefield {

/// All [message].
class Pad : public juce::Component, public juce::SettableTooltipClient {
public:
    explicit Pad (Place&);

    void setPicture (juce::Image);

    /// Once a frame: where the music is heard, and the time in seconds.
    void show (juce::Point<float> heard, bool running, double seconds);

    /// A sentence at the pad's lower edge, or its upper one where the lower has the place; empty: none.
    void setCaption (const juce::String&);
    const juce::String& caption() const noexcept { return said; }

    std::function<void()> onGenerate, onBack, onFind;   ///< keys G, backspace and F

    void paint (juce::Graphics&) override;
    void resized() override { repaint(); }
    void mouseDown (const juce::MouseEvent&) override;
    void mouseDrag (const juce::MouseEvent&) override;
    void mouseUp (const juce::MouseEvent&) override;
    bool keyPressed (const juce::KeyPress&) override;
    void focusGained (FocusChangeType) override { repaint(); }
    void focusLost (FocusChangeType) override { repaint(); }
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

private:
    struct Mark {
        juce::Point<float> at;
        double seconds;
    };

    juce::Point<float> toPixels (juce::Point<float> place) const noexcept;
    juce::Point<float> toPlace (juce::Point<float> pixels) const noexcept;
    juce::Rectangle<float> field() const noexcept;
    void repaintCross (juce::Point<float> place);
    void repaintTrail();
    void paintTrail (juce::Graphics&) const;
    void paintMarks (juce::Graphics&) const;
    void paintCaption (juce::Graphics&) const;

    Place& place;
    juce::Image picture;
    juce::String said;
    juce::Point<float> set { 0.5f, 0.5f }, heard { 0.5f, 0.5f };
    bool running = false;
    double now = 0.0;
    std::deque<Mark> trail;

    juce::Point<float> dragPlace, lastMouse;
};

} // namespace groovefield
