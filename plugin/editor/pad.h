// The pad: the field's map with the model's items on it, the place that is set, the place that is heard and its
// trail, the target of a glide, and what moves the position by itself.
#pragma once

#include "../processor/glide.h"
#include "../processor/motion_recorder.h"
#include "../processor/pad_settings.h"
#include "pad_items.h"
#include "../processor/place.h"

#include <juce_gui_basics/juce_gui_basics.h>

#include <deque>

namespace groovefield {

/// All [message].
class Pad : public juce::Component, public juce::SettableTooltipClient {
public:
    Pad (Place&, Glide&, PadSettings&);

    void setModel (std::shared_ptr<const Model>);
    /// A newer map than the model brought: 64 x 64 RGBA, row 0 is y = 0; of another size: none.
    void setMap (std::vector<std::uint8_t> rgba);

    /// Once a frame: where the music is heard, and the time in seconds.
    void show (juce::Point<float> heard, bool running, double seconds);

    /// The path or the points that move the position, and what is being recorded.
    void showMotion (const Overlay&, const PlayParameters&, const std::vector<MotionRecorder::Sample>&);

    /// A sentence at the pad's lower edge, or its upper one where the lower has the place; empty: none.
    void setCaption (const juce::String&);
    const juce::String& caption() const noexcept { return said; }

    /// The place as a screen reader says it.
    juce::String inWords() const;
    /// The dot under the mouse, or the one that was just gone to; -1: none.
    int pointedDot() const noexcept { return ! shownSettings.dots ? -1 : hovered >= 0 ? hovered : reached; }
    const PadItems& dots() const noexcept { return items; }

    void goToNearest();                          ///< key Enter
    void goToMiddle();                           ///< key Home
    std::function<void()> onGenerate, onBack, onFind;   ///< keys G, backspace and F
    std::function<void()> onRecord, onPoint;     ///< keys R and P
    std::function<void()> onTouch;               ///< before a drag moves anything
    std::function<bool()> onEscape;              ///< true: there was something to end
    void letGo();                                ///< ends a drag while the mouse is down
    std::function<void()> onMenu;                ///< the right button, where it does not drag

    void paint (juce::Graphics&) override;
    void resized() override { groundStale = true; repaint(); }
    void mouseMove (const juce::MouseEvent&) override;
    void mouseExit (const juce::MouseEvent&) override;
    void mouseDown (const juce::MouseEvent&) override;
    void mouseDrag (const juce::MouseEvent&) override;
    void mouseUp (const juce::MouseEvent&) override;
    bool keyPressed (const juce::KeyPress&) override;
    void focusGained (FocusChangeType) override { repaint(); }
    void focusLost (FocusChangeType) override { repaint(); }
    juce::String getTooltip() override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

private:
    struct Mark {
        juce::Point<float> at;
        double seconds;
    };
    struct Settings {
        int map = -1;
        bool dots = true, snap = false, glides = false;
        bool operator!= (const Settings& o) const { return map != o.map || dots != o.dots || snap != o.snap || glides != o.glides; }
    };

    juce::Point<float> toPixels (juce::Point<float> place) const noexcept;
    juce::Point<float> toPlace (juce::Point<float> pixels) const noexcept;
    juce::Rectangle<float> field() const noexcept;

    // The mouse and the keys (pad.cpp).
    void takeSettings();
    void setHovered (int dot);
    int meantBy (juce::Point<float> pixels) const;
    void aimAt (juce::Point<float> pixels);
    void goTo (int dot);
    bool moveByKey (juce::Point<float> direction, bool fine);
    bool actOnKey (const juce::KeyPress&);
    void layOutItems();

    // What is drawn (pad_drawing.cpp).
    void repaintCross (juce::Point<float> place);
    void repaintTrail();
    void makePicture();
    void paintGround (juce::Graphics&);
    void paintTrail (juce::Graphics&) const;
    void paintGlide (juce::Graphics&) const;
    void paintMotion (juce::Graphics&) const;    // pad_motion.cpp
    void paintLine (juce::Graphics&, const std::vector<juce::Point<float>>&, juce::Colour, float width) const;
    void paintArrows (juce::Graphics&, const std::vector<juce::Point<float>>&, juce::Colour) const;
    void paintPoints (juce::Graphics&) const;
    std::size_t heardPoint() const noexcept;     // of the points, the one that is heard; else their number
    void paintMarks (juce::Graphics&) const;
    void paintCaption (juce::Graphics&) const;
    void paintPointed (juce::Graphics&) const;

    Place& place;
    Glide& glide;
    PadSettings& settings;
    Settings shownSettings;
    PadItems items;
    std::vector<std::uint8_t> map;
    juce::Image picture, ground;    // ground: the picture with lines and dots, in the display's pixels
    bool groundStale = true;
    juce::String said;
    juce::Point<float> set { 0.5f, 0.5f }, heard { 0.5f, 0.5f };
    bool running = false, gliding = false;
    double now = 0.0;
    std::deque<Mark> trail;
    std::vector<juce::Point<float>> way, points, recorded;   // places of motion, 0..1

    enum class Drag { none, place, aim, fine };
    Drag drag = Drag::none;
    bool released = false;          // the drag was ended before the mouse was up
    bool onDot = false;             // a click on a dot stays there until the mouse has moved away
    juce::Point<float> dragPlace, lastMouse, downAt;
    int hovered = -1, reached = -1;
};

} // namespace groovefield
